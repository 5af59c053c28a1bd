import { statSync, utimesSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { codeFolder, isUsable } from './cache-folder.ts'
import { debugLog } from './debug-log.ts'
import { isMainThread } from './threads.ts'

interface CompileCache {
  enableCompileCache?: (folder: string) => unknown
  flushCompileCache?: () => void
  getCompileCacheDir?: () => string | undefined
}

const { enableCompileCache, flushCompileCache, getCompileCacheDir } = nodeModule as unknown as CompileCache

const day = 24 * 3_600_000

let isOurs = false

/**
 * Lets Node keep what V8 has compiled, where it can: rewritten text is longer by half, and compiling it anew would be
 * the larger part of what a start costs. Node compares the text before it uses any of it. What the program has been
 * told by `NODE_COMPILE_CACHE` stays, and measuring coverage wants everything compiled.
 *
 * @param folder - of the cache
 * @param root - the project: the folder it is started in
 */
export function keepCompiled(folder: string, root: string, env: NodeJS.ProcessEnv = process.env): void {
  if (enableCompileCache === undefined || flushCompileCache === undefined || !isMainThread) return
  const { NODE_COMPILE_CACHE: given, NODE_DISABLE_COMPILE_CACHE: disabled, NODE_V8_COVERAGE: covered } = env
  if ([given, disabled, covered].some((value) => value !== undefined && value !== '')) return
  if (process.execArgv.some((flag) => flag.includes('coverage'))) return
  try {
    if (getCompileCacheDir?.() !== undefined || !isUsable(folder)) return
    const place = codeFolder(folder, root)
    if (!isUsable(place)) return
    // Its age is that of its last use; see `prune`
    const now = Date.now()
    if (now - statSync(place).mtimeMs > day) utimesSync(place, now / 1_000, now / 1_000)
    enableCompileCache(place)
    isOurs = true
  } catch (error) {
    debugLog(`compiled code is not kept: ${String(error)}`)
  }
}

/** Writes now what Node would write at a normal exit: servers are ended by signals. */
export function flushCompiled(): void {
  try {
    if (isOurs) flushCompileCache?.()
  } catch {
    // The next start compiles again
  }
}
