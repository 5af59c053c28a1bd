import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Report } from '@throwpoint/protocol'
import { applicationOf } from '../../packages/cli/src/serve/application.ts'
import { bin, isFull, program, Running, someNodes, throwpoint } from './command.ts'

const routes = `
  app.get('/', (req, res) => res.send('hello'))
  app.get('/fail', (req, res) => { const amount = 42; throw new Error('no ' + amount) })`
const listener = `(req, res) => { const amount = 42; if (req.url === '/fail') throw new Error('no ' + amount); res.end('hello') }`
const koa = `
  app.use(async (ctx) => { const amount = 42; if (ctx.path === '/fail') throw new Error('no ' + amount); ctx.body = 'hello' })`

const files = {
  'express5.mjs': `import express from 'express'\nconst app = express()\n${routes}\nexport default app`,
  'express4.cjs': `const app = require('express4')()\n${routes}\nmodule.exports = app`,
  'bare4.cjs': `const app = require('express4')()\napp.set('x', 1)\nmodule.exports = { app }`,
  'own.cjs': `const app = require('express')()\napp.use(require('@throwpoint/express')({ path: '/own' }))\n${routes}\nexports.app = app`,
  'koa.mjs': `import Koa from 'koa'\nexport async function app() { const app = new Koa(); ${koa}\n return app }`,
  'koa2.cjs': `const Koa = require('koa2')\nconst app = new Koa(); ${koa}\nexports.default = Promise.resolve(app)`,
  'listener.ts': `import type { IncomingMessage } from 'node:http'\nexport const handler = ${listener.replace('(req', '(req: IncomingMessage').replace('res)', 'res: any)')}`,
  'nothing.cjs': `require('http')`,
  'fetch.mjs': `export default { fetch() {} }`,
  'number.mjs': `export const port = 3000`,
  'factory.cjs': `module.exports = () => ({})`,
  'throws.cjs': `throw new Error('while loading')`,
}
const folder = program(files)

async function serve(node: string, module: string, env: NodeJS.ProcessEnv = {}): Promise<Served> {
  const running = new Running(node, [bin, 'serve', module, '--port', '0'], { cwd: folder, env })
  const [line = '', url = ''] = await running.said(/throwpoint: .* at (http:\S+)/)
  return { running, line, url }
}

interface Served {
  readonly running: Running
  readonly line: string
  readonly url: string
}

async function failure(url: string): Promise<Report> {
  const response = await fetch(`${url}fail`, { headers: { accept: 'application/json' } })
  return ((await response.json()) as { throwpoint: Report }).throwpoint
}

const rows = [
  ['express5.mjs', 'an Express app, debug middleware added'],
  ['express4.cjs', 'an Express app, debug middleware added'],
  ['own.cjs', 'an Express app, with its own debug middleware'],
  ['koa.mjs', 'a Koa app, debug middleware added'],
  ['koa2.cjs', 'a Koa app, debug middleware added'],
] as const

describe.each(someNodes)('throwpoint serve, Node %s', (_version, node) => {
  const tried = rows.filter(([module]) => isFull || /express5|own|koa\.mjs/.test(module))
  it.concurrent.each(tried)('%s', async (module, words) => {
    const { running, line, url } = await serve(node, module)
    expect(line).toBe(`throwpoint: ${module}, ${words}, at ${url}`)
    expect(await (await fetch(url)).text()).toBe('hello')
    const { error, frames, engine } = await failure(url)
    expect(error.message).toBe('no 42')
    expect(engine.used).toBe('instrumented')
    const variables = frames.flatMap(({ scopes }) => scopes).flatMap((scope) => scope.variables)
    expect(variables.map(({ name }) => name)).toContain('amount')
    running.child.kill('SIGINT')
    expect(await running.ended()).toMatchObject({ code: 0, signal: null })
  })

  it.concurrent('a listener of TypeScript: what it throws ends the process as it would anywhere', async () => {
    const { running, line, url } = await serve(node, 'listener.ts')
    expect(line).toContain('listener.ts, a request listener, debug middleware added')
    expect(await (await fetch(url)).text()).toBe('hello')
    expect((await failure(url)).error.message).toBe('no 42')
    expect(await running.ended()).toMatchObject({ code: 1 })
  })
})

describe('throwpoint serve', () => {
  it.concurrent('an Express 4 application without routes can be served', async () => {
    const { running, line, url } = await serve(process.execPath, 'bare4.cjs')
    expect((await fetch(url)).status).toBe(404)
    expect(line).toContain('debug middleware added')
    running.child.kill('SIGTERM')
    expect((await running.ended()).code).toBe(0)
  })

  it.concurrent('in production the application is served as it is', async () => {
    const { running, line, url } = await serve(process.execPath, 'express4.cjs', { NODE_ENV: 'production' })
    expect(line).toContain('without debug middleware')
    expect(await (await fetch(`${url}fail`)).text()).not.toContain('amount')
    running.child.kill('SIGINT')
    await running.ended()
  })

  it.concurrent('a request in progress is answered before it stops', async () => {
    const slow = program({
      'app.cjs': `module.exports = (req, res) => { process.stdout.write('asked\\n'); setTimeout(() => res.end('late'), 500) }`,
    })
    const running = new Running(process.execPath, [bin, 'serve', 'app', '--port=0'], { cwd: slow })
    const [, url = ''] = await running.said(/at (http:\S+)/)
    const answer = fetch(url)
    await running.said(/asked/)
    running.child.kill('SIGINT')
    expect(await (await answer).text()).toBe('late')
    expect((await running.ended()).code).toBe(0)
  })

  it.concurrent('a port that is taken', async () => {
    const server = createServer().listen(0, 'localhost')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { code, err } = await throwpoint(['serve', 'koa.mjs', `--port=${port}`], { cwd: folder })
    server.close()
    expect(code).toBe(1)
    expect(err).toContain(
      `throwpoint: Port ${port} of localhost is taken. Stop what listens there, or take another: --port ${port + 1}, or --port 0`,
    )
  })

  it.each([
    ['nothing.cjs', /it exports nothing\. If it listens itself, run it: throwpoint FILE/],
    ['fetch.mjs', /it exports a fetch handler/],
    ['number.mjs', /it exports port; it must export an Express app/],
    ['factory.cjs', /default is a function that returns a Object; it must return/],
  ])('%s is refused with the reason', async (module, reason) => {
    const exported = (await import(path.join(folder, module))) as Record<string, unknown>
    await expect(applicationOf(exported)).rejects.toThrow(reason)
  })

  it.concurrent('what a module throws while it is loaded, and what cannot be served, end the command', async () => {
    const run = (module: string): ReturnType<typeof throwpoint> =>
      throwpoint(['serve', module], { cwd: folder })
    const [throws, refused] = await Promise.all([run('throws.cjs'), run('number.mjs')])
    expect(throws).toMatchObject({ code: 1, out: '' })
    expect(throws.err).toMatch(/Error: while loading\n {4}at Object\.<anonymous>/)
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toMatch(/^throwpoint: number\.mjs cannot be served: it exports port; /m)
  })
})
