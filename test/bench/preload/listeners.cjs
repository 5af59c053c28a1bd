'use strict'
// 200 listeners that close over one number, in scopes that hold 1 MB each. Prints what stays in memory.
const emitter = new (require('node:events'))().setMaxListeners(0)

function check(value) {
  if (value.length === 0) throw new Error('empty')
}

function listen(id) {
  const big = Buffer.alloc(1e6)
  check(big)
  for (const row of [big]) {
    const copy = Buffer.from(row)
    check(copy)
    emitter.on('b', () => id + 1)
  }
  emitter.on('a', () => id)
}

for (let id = 0; id < 200; id++) listen(id)
emitter.emit('a')
measure(0)

// The address space the parser reserves is counted too, until it is let go of a little later
function measure(tries) {
  for (let turn = 0; turn < 3; turn++) gc()
  const { external, heapUsed } = process.memoryUsage()
  if (external > 1e9 && tries < 600) setTimeout(measure, 50, tries + 1)
  else console.log(JSON.stringify({ bytes: external + heapUsed }))
}
