'use strict'
// Small tasks whose time is measured inside of one process, burst by burst: the parent says which.

function fib(n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2)
}

function loop(times) {
  let sum = 0
  for (let index = 0; index < times; index++) {
    const squared = index * index
    const rest = squared % 7
    sum = (sum + rest) | 0
  }
  return sum
}

async function bare(times) {
  let sum = 0
  for (let index = 0; index < times; index++) {
    // oxlint-disable-next-line await-thenable -- an await of nothing is what is measured
    sum += await index
  }
  return sum
}

function third(order) {
  throw new RangeError(`order ${order} is too large`)
}

function second(order) {
  return third(order + 1)
}

function first(order) {
  return second(order + 1)
}

function caught(times) {
  let count = 0
  for (let index = 0; index < times; index++) {
    try {
      first(index)
    } catch {
      count++
    }
  }
  return count
}

const tasks = {
  fib: () => fib(25),
  loop: () => loop(2_000_000),
  bare: () => bare(100_000),
  caught: () => caught(5_000),
  /** What is done when an error reaches the boundary, before a report is made. */
  capture() {
    const runtime = globalThis[Symbol.for('throwpoint.instrument.1')]
    let frames = 0
    for (let index = 0; index < 5_000; index++) {
      try {
        first(index)
      } catch (error) {
        if (runtime !== undefined) frames += runtime.takeFrames(error).length
      }
    }
    return frames
  },
}

process.on('message', async (name) => {
  const before = process.cpuUsage()
  await tasks[name]()
  const { user, system } = process.cpuUsage(before)
  process.send(user + system)
})
process.on('disconnect', () => process.exit())
process.send('ready')
