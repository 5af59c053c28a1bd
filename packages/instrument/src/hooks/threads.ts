type Threads = typeof import('node:worker_threads')

/** Loading it takes longer than all the rest of a start, and most programs have one thread. */
export function workerThreads(): Threads {
  return process.getBuiltinModule('node:worker_threads')
}

/** Node marks what works in the main thread alone, where it does not. */
export const isMainThread: boolean = !('disabled' in process.chdir)
