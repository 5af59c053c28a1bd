// For `require()` inside a bundle: esbuild does not know the export name 'module.exports'.
module.exports = require('../dist/stub.js').default
