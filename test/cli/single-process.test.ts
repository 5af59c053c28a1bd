import { describe, expect, it } from 'vitest'
import { program, someNodes, throwpoint } from './command.ts'

const folder = program({
  'cluster.cjs': `
    const cluster = require('node:cluster'), http = require('node:http'), net = require('node:net'), dgram = require('node:dgram')
    const { once } = require('node:events')
    if (cluster.isPrimary) { console.log('primary'); cluster.fork(); cluster.fork(); cluster.on('exit', () => cluster.fork()) }
    else worker()
    async function worker() {
      const { isPrimary, isMaster, isWorker } = cluster
      console.log(isPrimary, isMaster, isWorker, cluster.worker.id, cluster.worker.isConnected(), process.connected, 'NODE_UNIQUE_ID' in process.env)
      await new Promise((resolve) => process.send({ ready: true }, resolve))
      const server = http.createServer((req, res) => res.end('served by ' + cluster.worker.id)).listen(0)
      await once(server, 'listening')
      const { port } = server.address()
      console.log(await (await fetch('http://localhost:' + port)).text())
      const udp = dgram.createSocket('udp4').bind(0)
      await once(udp, 'listening')
      udp.close()
      const taken = await new Promise((resolve) => net.createServer().on('error', resolve).listen(port))
      console.log(taken.code)
      cluster.worker.once('disconnect', () => console.log('left', cluster.worker.exitedAfterDisconnect))
      cluster.worker.disconnect()
      await once(server, 'close')
      console.log('closed')
    }`,
  'names.mjs': `
    import cluster, { isPrimary, isWorker, worker } from 'node:cluster'
    import express from 'express'
    if (cluster.isPrimary) for (let n = 0; n < 4; n++) cluster.fork()
    else {
      const server = express().get('/', (req, res) => res.send('express')).listen(0, async () => {
        console.log(isPrimary, isWorker, worker === cluster.worker, await (await fetch('http://localhost:' + server.address().port)).text())
        worker.kill()
      })
    }`,
  'primary.cjs': `
    const cluster = require('cluster')
    cluster.setupPrimary({ exec: __dirname + '/its-worker.cjs', args: ['one'] })
    for (let n = 0; n < 3; n++) cluster.fork({ FROM: 'primary' })`,
  'its-worker.cjs': `console.log('worker', process.argv[2], process.env.FROM)`,
})

describe.each(someNodes)('throwpoint --single-process, Node %s', (_version, node) => {
  const run = async (script: string): Promise<string[]> => {
    const { out, err, code } = await throwpoint(['--single-process', script], { node, cwd: folder })
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('single process') })
    return out.trim().split('\n')
  }

  it.concurrent('the program is the only worker of its cluster, with sockets of its own', async () => {
    expect(await run('cluster.cjs')).toEqual([
      'false false true 1 true true false',
      'served by 1',
      'EADDRINUSE',
      'left true',
      'closed',
    ])
  })

  it.concurrent('names imported from node:cluster are those of a worker', async () => {
    expect(await run('names.mjs')).toEqual(['false true true express'])
  })

  it.concurrent('a worker in a file of its own runs once', async () => {
    expect(await run('primary.cjs')).toEqual(['worker one primary'])
  })
})
