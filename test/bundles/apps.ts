/** The applications that are bundled: a route that fails, and one whose body does. They print the port. */

export type Framework = 'express' | 'express4' | 'koa' | 'koa2'
export type Syntax = 'import' | 'require'

/** The fast set takes the newest of each. */
export const frameworks: readonly Framework[] =
  process.env['THROWPOINT_FULL'] === '1' ? ['express', 'express4', 'koa', 'koa2'] : ['express', 'koa']

export function appOf(framework: Framework, syntax: Syntax): string {
  const isKoa = framework.startsWith('koa')
  const name = isKoa ? '@throwpoint/koa' : '@throwpoint/express'
  const load = (variable: string, from: string): string =>
    syntax === 'import' ? `import ${variable} from '${from}'` : `const ${variable} = require('${from}')`
  return [
    load('framework', framework),
    load('{ Readable }', 'node:stream'),
    load('debugMiddleware', name),
    isKoa ? koa : express,
  ].join('\n')
}

const failing = `
function* rows() {
  yield 'first'
  throw new Error('bundled body')
}
`

const express = `${failing}
const app = framework()
app.use(debugMiddleware())
app.get('/fail', () => { throw new Error('bundled handler') })
app.get('/body', (req, res) => { Readable.from(rows()).on('error', (error) => res.destroy(error)).pipe(res) })
const server = app.listen(0, '127.0.0.1', () => console.log('port', server.address().port))
`

const koa = `${failing}
const app = new framework()
app.use(debugMiddleware())
app.use(async (ctx) => {
  if (ctx.path === '/fail') throw new Error('bundled handler')
  if (ctx.path === '/body') ctx.body = Readable.from(rows())
})
const server = app.listen(0, '127.0.0.1', () => console.log('port', server.address().port))
`
