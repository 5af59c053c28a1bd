import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isParserLoading } from './rewrite/parser.ts'
import type * as Parts from './late-parts.ts'

type LateParts = Pick<typeof Parts, 'evaluateIn' | 'prepareParser' | 'rewrite' | 'Upstream'>

let parts: LateParts | undefined
let isLoading = false

/** The rewriter or its parser is being loaded right now: nothing can be rewritten. */
export function isRewriterLoading(): boolean {
  return isLoading || isParserLoading()
}

/** Spares a process that has loaded them by other means. */
export function provide(loaded: LateParts): void {
  parts ??= loaded
}

/**
 * What a start does not need that finds all modules in the cache, and whose loading would take longer than all the
 * rest of us: the rewriter, the evaluator, what reads source maps.
 */
function late(): LateParts {
  if (parts !== undefined) return parts
  isLoading = true
  try {
    // The build has made one file of each; see `register.ts`
    const name = import.meta.url.endsWith('.cjs') ? 'late-parts.cjs' : 'late-parts.js'
    // Node 20 warns of a require() of an ES module, unless it comes from inside of node_modules
    const require = createRequire(new URL('node_modules/late.js', import.meta.url))
    const loaded = require(fileURLToPath(new URL(name, import.meta.url))) as LateParts
    loaded.prepareParser()
    return (parts = loaded)
  } finally {
    isLoading = false
  }
}

export const rewrite: typeof Parts.rewrite = (source, options) => late().rewrite(source, options)

export const evaluateIn: typeof Parts.evaluateIn = (code, place) => late().evaluateIn(code, place)

export const upstreamOf: typeof Parts.Upstream.of = (url, source) => late().Upstream.of(url, source)
