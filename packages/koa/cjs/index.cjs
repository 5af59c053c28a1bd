'use strict'
/*
 * Node loads this file for `require` and for `import`, and in production it loads nothing else. In development the rest
 * comes with the first `debugMiddleware()`. Plain CommonJS, because that is what `require`, bundlers and test runners
 * all follow: `require` of a constant in a function is lazy for Node and visible to a bundler.
 */

let active
let told = false

function debugMiddleware(options) {
  return activate(options)?.debugMiddleware(options) ?? throwpoint
}

function breakpoint() {
  return (active ?? activate())?.breakpoint()
}

function throwpoint(ctx, next) {
  return next()
}

/** What there is in development; undefined elsewhere. */
function activate(options) {
  try {
    if (isOff(options)) return undefined
    const { isDevelopment } = require('@throwpoint/core/development')
    const decision = isDevelopment(process.env, options)
    if (decision.notice !== undefined) tell(decision.notice)
    if (!decision.active) return undefined
    return (active ??= require('../dist/active.js'))
  } catch (error) {
    tell(`Throwpoint is off: its files cannot be loaded (${error})`)
    return undefined
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

function tell(sentence) {
  if (told) return
  told = true
  process.stderr.write(`${sentence}\n`)
}

module.exports = debugMiddleware
module.exports.default = debugMiddleware
module.exports.debugMiddleware = debugMiddleware
module.exports.breakpoint = breakpoint
