#!/usr/bin/env node
'use strict'
/*
 * CommonJS, so that everything up to the start of the program happens in one turn: a message that waits in an IPC
 * channel is still there for the program. Old versions of Node must be able to read this file.
 */
var version = process.versions.node.split('.').map(Number)
if (version[0] < 20 || (version[0] === 20 && version[1] < 19) || (version[0] === 22 && version[1] < 12)) {
  process.stderr.write(
    'throwpoint: needs Node 20.19, 22.12 or newer, and this is ' +
      process.version +
      '. Install a newer Node, for example from https://nodejs.org\n',
  )
  process.exitCode = 1
} else {
  require('../dist/main.js').main(process.argv.slice(2))
}
