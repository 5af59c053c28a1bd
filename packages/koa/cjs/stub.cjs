'use strict'
// For `require` in a production bundle: the function itself, which no ES module is for every bundler.
module.exports = require('../dist/stub.js').debugMiddleware
module.exports.default = module.exports
module.exports.debugMiddleware = module.exports
module.exports.breakpoint = require('../dist/stub.js').breakpoint
