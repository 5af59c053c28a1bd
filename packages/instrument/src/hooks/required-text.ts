import { pathToFileURL } from 'node:url'
import type { SourceKind } from '../rewrite/node.ts'
import type { Instrumenter } from './instrumenter.ts'
import { languageOf } from './instrumenter.ts'

/** From this version on, stacks name what Node has stripped of its types by URL. */
const namesByUrl = Number(process.versions.node.split('.')[0]) >= 24

/**
 * The text to run for a file that is required.
 *
 * @param format - what Node takes it for; undefined and `typescript` where only the text can tell
 * @param check - whether nobody will notice when the result does not compile
 */
export function rewriteRequired(
  instrumenter: Instrumenter,
  file: string,
  source: string,
  format: unknown,
  check = false,
): string {
  const isTypeScript = format === 'typescript' || String(format).endsWith('-typescript')
  const rewrite = (name: string, kind: SourceKind): string => {
    const language = languageOf(file, !isTypeScript)
    return language === undefined ? source : instrumenter.transform(name, source, kind, language, check)
  }
  const url = (): string => pathToFileURL(file).href
  if (format === 'module' || format === 'module-typescript') return rewrite(url(), 'module')
  const name = (isTypeScript && namesByUrl) || isNamedByUrl(source) ? url() : file
  const code = rewrite(name, 'commonjs')
  if (code !== source || format === 'commonjs' || format === 'commonjs-typescript') return code
  // Node looks, too, and takes it for an ES module when it is none of CommonJS
  return /\b(?:import|export|await)\b/.test(source) ? rewrite(url(), 'module') : source
}

/** Node has stripped types of it already. */
function isNamedByUrl(source: string): boolean {
  const at = source.lastIndexOf('\n//# sourceURL=file:')
  return at !== -1 && !source.includes('\n', at + 1)
}
