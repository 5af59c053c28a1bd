import { installHooks } from './hooks/install.ts'
import { isMainThread, workerThreads } from './hooks/threads.ts'

// `--require` loads it in the thread of Node's own loaders as well, and no module of the program runs there
if (isMainThread || workerThreads().parentPort !== null) installHooks()
