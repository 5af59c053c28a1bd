import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { smoke } from '../matrix/frameworks.ts'
import { PackedProject } from '../packed-project.ts'
import { runProgram } from './program.ts'

let project: PackedProject

beforeAll(async () => {
  project = await PackedProject.create()
})

afterAll(() => {
  project.remove()
})

const express = (framework: string, middleware: string): string => `
const express = require('${framework}')
const { Readable } = require('node:stream')
const app = express()
${middleware && `app.use(require('@throwpoint/express')(${middleware}))`}
app.get('/crash', () => { throw new Error('crash') })
app.get('/status', (req, res, next) => next(Object.assign(new Error('teapot'), { status: 418, headers: { 'x-a': '1' } })))
app.get('/body', (req, res) => { Readable.from(['a']).pipe(res) })
app.get('/json', (req, res) => { res.json({ a: 1 }) })
const server = app.listen(0, '127.0.0.1', () => ask(server))`

const koa = (framework: string, middleware: string): string => `
const Koa = require('${framework}')
const { Readable } = require('node:stream')
const app = new Koa()
app.silent = true
${middleware && `app.use(require('@throwpoint/koa')(${middleware}))`}
app.use(async (ctx) => {
  if (ctx.path === '/crash') throw new Error('crash')
  if (ctx.path === '/status') throw Object.assign(new Error('teapot'), { status: 418, headers: { 'x-a': '1' } })
  if (ctx.path === '/body') ctx.body = Readable.from(['a'])
  if (ctx.path === '/json') ctx.body = { a: 1 }
})
const server = app.listen(0, '127.0.0.1', () => ask(server))`

/** Prints what comes over the wire, byte by byte but the date. */
const ask = `
async function ask(server) {
  const { connect } = require('node:net')
  const answers = []
  for (const path of ['/crash', '/status', '/body', '/json', '/__throwpoint/', '/__throwpoint/0123456789abcdef', '/nowhere']) {
    answers.push(await new Promise((resolve) => {
      let text = ''
      connect(server.address().port, '127.0.0.1')
        .on('data', (chunk) => (text += chunk.toString('latin1')))
        .on('close', () => resolve(text.replace(/^Date: .*$/m, '')))
        .end('GET ' + path + ' HTTP/1.1\\r\\nHost: localhost\\r\\nAccept: text/html\\r\\nConnection: close\\r\\n\\r\\n')
    }))
  }
  server.close()
  console.log(answers.join('\\n----\\n'))
}`

const frameworks = [
  ['express', express],
  ['koa', koa],
  ['express4', express],
  ['koa2', koa],
] as const

describe.each(smoke ? frameworks.slice(0, 2) : frameworks)('%s in production', (framework, app) => {
  it('answers byte for byte as without the middleware', async () => {
    const env = { NODE_ENV: 'production', THROWPOINT: '1' }
    const plain = await runProgram(project, 'plain.cjs', app(framework, '') + ask, env)
    const ours = await runProgram(
      project,
      'ours.cjs',
      app(framework, '{ enabled: true, page: true }') + ask,
      env,
    )
    expect(plain.stdout).toContain('418')
    expect(ours.stdout).toBe(plain.stdout)
    expect(ours.loaded.filter((file) => file.startsWith('@throwpoint/'))).toHaveLength(1)
  })

  it('is told apart from development by this test', async () => {
    const env = { NODE_ENV: 'development' }
    const ours = await runProgram(project, 'ours.cjs', app(framework, '{ terminal: "off" }') + ask, env)
    expect(ours.stdout).toMatch(/^x-throwpoint: /im)
  })
})
