import { createRequire } from 'node:module'
import path from 'node:path'

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
    const entry = entryFile()
    loaded = load(entry, entry) as Parser
  }
  return loaded
}

/** A file of the parser alone, and the folder it is in: loading all of it takes several times as long. */
export function parserPart(): { readonly folder: string; load(name: string): unknown } {
  const entry = entryFile()
  const folder = path.dirname(entry)
  return { folder, load: (name) => load(entry, path.join(folder, name)) }
}

function entryFile(): string {
  return createRequire(import.meta.url).resolve('oxc-parser')
}

// From its own folder: Node 20 warns of a require() of an ES module that comes from outside of node_modules
function load(entry: string, file: string): unknown {
  isLoading = true
  try {
    return createRequire(entry)(file) as unknown
  } finally {
    isLoading = false
  }
}
