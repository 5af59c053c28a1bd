import Module from 'node:module'
import path from 'node:path'
import type { Loaded } from './load.ts'

/**
 * With `--import` Node loads the program itself as if it were imported, past what ts-node and others have registered
 * for `require`. These files go back to `require`, as they would without us.
 */
export const asRequired: Loaded = { format: 'commonjs', source: null, shortCircuit: true }

/** File extensions `require` knows by others than Node. */
export function foreignExtensions(): readonly string[] {
  const known = (Module as unknown as { _extensions: Record<string, { name: string }> })._extensions
  return Object.keys(known).filter(
    (extension) => !['.js', '.json', '.node'].includes(extension) && known[extension]!.name !== 'loadTS',
  )
}

/** Whether Node itself has nothing better for a file than what was registered for `require`. */
export function isForRequire(url: string, outcome: unknown, extensions: readonly string[]): boolean {
  if (!url.startsWith('file:') || !extensions.includes(path.extname(new URL(url).pathname))) return false
  const { format, code } = outcome as { format?: unknown; code?: unknown }
  return format === 'commonjs-typescript' || code === 'ERR_UNKNOWN_FILE_EXTENSION'
}
