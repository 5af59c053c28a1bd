/**
 * `node --import @throwpoint/instrument/register app.js`: rewrites the user modules of the program.
 * Under `NODE_ENV=production` it does nothing.
 *
 * The build has made one CommonJS file of all that a start needs: reading the modules one by one, and asking Node for
 * its own as ES modules, would cost more than what they do. Where a compiler has run after the build, as it does while
 * somebody works on this package, the modules themselves are loaded.
 */
export {}

/** Files that are unpacked together have times that differ a little. */
const togetherMs = 2_000

function timeOf(name: string): number | undefined {
  const { statSync } = process.getBuiltinModule('node:fs')
  return statSync(new URL(name, import.meta.url), { throwIfNoEntry: false })?.mtimeMs
}

/** No compiler has run after the build: what it leaves behind is not published. */
function isBundleCurrent(): boolean {
  const [bundled, compiled] = [timeOf('preload.cjs'), timeOf('.tsbuildinfo')]
  return bundled !== undefined && (compiled === undefined || bundled + togetherMs >= compiled)
}

if (process.env['NODE_ENV'] !== 'production' && process.env['THROWPOINT'] !== '0') {
  // Node 20 warns of a require() of an ES module, unless it comes from inside of node_modules
  const { createRequire } = process.getBuiltinModule('node:module')
  const require = createRequire(new URL('node_modules/register.js', import.meta.url))
  require(isBundleCurrent() ? '../preload.cjs' : '../preload.js')
}
