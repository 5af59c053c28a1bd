'use strict'
/*
 * Node loads this file for `require` and for `import`, and in production it loads nothing else. In development the rest
 * comes with the first `debugMiddleware()`. Plain CommonJS, because that is what `require`, bundlers and test runners
 * all follow: `require` of a constant in a function is lazy for Node and visible to a bundler.
 */

/** What there is in development, once it is loaded; null where a middleware was made that is off. */
let active
let told = false

function debugMiddleware(options) {
  const found = activate(options)
  if (found !== undefined) return found.debugMiddleware(options)
  active ??= null
  return throwpoint
}

/** What `breakpoint` is where the real one is not wanted; a middleware that is switched on later makes it work. */
function breakpoint() {
  return active?.breakpoint()
}

function throwpoint(ctx, next) {
  return next()
}

function activate(options) {
  try {
    if (isOff(options)) return undefined
    if (!require('@throwpoint/core/development').isDevelopment(options)) return undefined
    return (active ??= require('../dist/active.js'))
  } catch (error) {
    return cannotLoad(error)
  }
}

/**
 * What can be said without loading anything. `test` is among it because a test runner that cannot `require` an
 * ES module (Jest) must not be made to try.
 */
function isOff(options) {
  const mode = variable('NODE_ENV')?.trim().toLowerCase()
  if (mode === 'production') return true
  return mode === 'test' && variable('THROWPOINT') === undefined && options?.enabled === undefined
}

/** As it is when the program runs: bundlers put the build's own value in place of `process.env.NODE_ENV`. */
function variable(name) {
  return process.env[name]
}

/** The application goes on without us. */
function cannotLoad(error) {
  if (told) return undefined
  told = true
  process.stderr.write(`throwpoint: off, because its files cannot be loaded (${error})\n`)
  return undefined
}

module.exports = debugMiddleware
module.exports.default = debugMiddleware
module.exports.debugMiddleware = debugMiddleware
// The function itself, not one around it: a debugger is to show the caller as the next frame.
Object.defineProperty(module.exports, 'breakpoint', {
  enumerable: true,
  get: () => (active === undefined ? activate() : active)?.breakpoint ?? breakpoint,
})
