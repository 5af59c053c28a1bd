/**
 * `node --import @throwpoint/instrument/register app.js`: rewrites the user modules of the program.
 * Under `NODE_ENV=production` it does nothing.
 *
 * The build has made one CommonJS file of all that a start needs: reading the modules one by one, and asking Node for
 * its own as ES modules, would cost more than what they do. Where a compiler has run after the build, as it does while
 * somebody works on this package, the modules themselves are loaded.
 */
export {}

const fs = process.getBuiltinModule('node:fs')
const { createRequire } = process.getBuiltinModule('node:module')

/** Files that are unpacked together have times that differ a little. */
const togetherMs = 2_000

function timeOf(name: string): number | undefined {
  return fs.statSync(new URL(name, import.meta.url), { throwIfNoEntry: false })?.mtimeMs
}

const bundled = timeOf('preload.cjs')
// It is not published
const compiled = timeOf('.tsbuildinfo')

if (bundled !== undefined && (compiled === undefined || bundled + togetherMs >= compiled)) {
  createRequire(import.meta.url)('./preload.cjs')
} else {
  // Node 20 warns of a require() of an ES module, unless it comes from inside of node_modules
  createRequire(new URL('node_modules/register.js', import.meta.url))('../preload.js')
}
