import { createRequire } from 'node:module'

type Parser = typeof import('oxc-parser')

let loaded: Parser | undefined
let isLoading = false

/** The modules of the parser are being loaded right now: nothing can parse them. */
export function isParserLoading(): boolean {
  return isLoading
}

/** The parser, loaded when a module has to be parsed: most starts find all they need in the cache, and save 50 ms. */
export function parser(): Parser {
  if (loaded === undefined) {
    // From its own folder: Node 20 warns of a require() of an ES module that comes from outside of node_modules
    const entry = createRequire(import.meta.url).resolve('oxc-parser')
    isLoading = true
    try {
      loaded = createRequire(entry)(entry) as Parser
    } finally {
      isLoading = false
    }
  }
  return loaded
}
