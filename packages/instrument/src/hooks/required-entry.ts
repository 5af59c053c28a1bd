import Module from 'node:module'
import path from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { fileOf } from './file-of.ts'
import type { Loaded } from './load.ts'
import { workerThreads } from './threads.ts'

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
  if (extensions.length === 0 || !url.startsWith('file:')) return false
  if (!extensions.includes(path.extname(fileOf(url)))) return false
  const { format, code } = outcome as { format?: unknown; code?: unknown }
  return format === 'commonjs-typescript' || code === 'ERR_UNKNOWN_FILE_EXTENSION'
}

/**
 * The commands of ts-node and others register for `require` and then start the program themselves: the loader thread
 * is told what is known by then. A getter, so that no function of ours is in the stacks of the program.
 */
export function tellLoader(port: MessagePort): void {
  const { runMain } = Module as unknown as { runMain: unknown }
  const put = (value: unknown): void => {
    Object.defineProperty(Module, 'runMain', { value, configurable: true, enumerable: true, writable: true })
  }
  Object.defineProperty(Module, 'runMain', {
    get() {
      port.postMessage({ extensions: foreignExtensions() })
      // The program itself: nobody else starts one, and stacks name the function by the property that holds it
      if (!/[\\/]node_modules[\\/]/.test(process.argv[1] ?? '')) put(runMain)
      return runMain
    },
    set: put,
    configurable: true,
    enumerable: true,
  })
}

/** In the loader thread: what the main thread has said last. */
export function toldExtensions(port: MessagePort): readonly string[] | undefined {
  const { receiveMessageOnPort } = workerThreads()
  let extensions: readonly string[] | undefined
  for (let told = receiveMessageOnPort(port); told !== undefined; told = receiveMessageOnPort(port)) {
    extensions = (told.message as { extensions: readonly string[] }).extensions
  }
  return extensions
}
