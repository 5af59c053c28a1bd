/**
 * `node --import throwpoint/register app.js`: the modules of the program keep the variables of every function an
 * exception passes, and reports show them. Under `NODE_ENV=production` it does nothing.
 */
import '@throwpoint/instrument/register'
import { createRequire } from 'node:module'
import { isMainThread } from 'node:worker_threads'
import { watchLauncher } from './launch/watch-launcher.ts'
import { watchStartup } from './watch-startup.ts'

if (isMainThread) {
  if (process.env['NODE_ENV'] !== 'production' && process.env['THROWPOINT'] !== '0') watchStartup()
  if (process.env['THROWPOINT_LAUNCHER'] !== undefined) watchLauncher()
  // Not awaited, so that `require` may load this file too
  if (process.env['THROWPOINT_SINGLE_PROCESS'] === '1' && process.env['NODE_ENV'] !== 'production') {
    createRequire(import.meta.url)('./single-process.js')
  }
}
