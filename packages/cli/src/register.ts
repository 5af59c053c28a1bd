/**
 * `node --import throwpoint/register app.js`: the modules of the program keep the variables of every function an
 * exception passes, and reports show them. Under `NODE_ENV=production` it does nothing.
 */
import '@throwpoint/instrument/register'
import { watchStartup } from './watch-startup.ts'

// Node marks what works in the main thread alone, where it does not
if (!('disabled' in process.chdir)) {
  const isProduction = process.env['NODE_ENV'] === 'production'
  // Not imported, so that nothing is loaded in vain; not awaited, so that `require` may load this file too
  // Node 20 warns of a require() of an ES module, unless it comes from inside of node_modules
  const { createRequire } = process.getBuiltinModule('node:module')
  const require = createRequire(new URL('node_modules/register.js', import.meta.url))
  if (!isProduction && process.env['THROWPOINT'] !== '0') watchStartup()
  if (process.env['THROWPOINT_LAUNCHER'] !== undefined) {
    const { watchLauncher } =
      require('../launch/watch-launcher.js') as typeof import('./launch/watch-launcher.ts')
    watchLauncher()
  }
  if (process.env['THROWPOINT_SINGLE_PROCESS'] === '1' && !isProduction) require('../single-process.js')
}
