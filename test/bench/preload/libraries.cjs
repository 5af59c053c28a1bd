'use strict'
// Compute-heavy libraries, taken for user code by THROWPOINT_INCLUDE. Prints CPU in ms of the work alone, and peak memory.
const { readFileSync } = require('node:fs')

const cpu = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

async function main() {
  const file = require.resolve('acorn')
  const source = readFileSync(file, 'utf8')
  if (process.argv[2] === 'parser') {
    const acorn = require('acorn')
    const before = cpu()
    for (let turn = 0; turn < 20; turn++) acorn.parse(source, { ecmaVersion: 'latest', locations: true })
    return cpu() - before
  }
  const { minify } = require('terser')
  const before = cpu()
  await minify(source, { compress: true, mangle: true })
  return cpu() - before
}

void main().then((ms) => console.log(JSON.stringify({ ms, rss: process.resourceUsage().maxRSS * 1024 })))
