/**
 * `node --import @throwpoint/instrument/register app.js`: rewrites the user modules of the program.
 * Under `NODE_ENV=production` it does nothing.
 */
import { isMainThread, parentPort } from 'node:worker_threads'
import { installHooks } from './hooks/install.ts'

// `--require` loads it in the thread of Node's own loaders as well, and no module of the program runs there
const isLoaderThread = !isMainThread && parentPort === null

if (!isLoaderThread && process.env['NODE_ENV'] !== 'production' && process.env['THROWPOINT'] !== '0')
  installHooks()
