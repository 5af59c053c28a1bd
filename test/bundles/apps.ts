/** The applications that are bundled: a route that fails, and one whose body does. They print the port. */

export type Framework = 'express' | 'express4' | 'koa' | 'koa2'
export type Syntax = 'import' | 'require'

export const frameworks: readonly Framework[] = ['express', 'express4', 'koa', 'koa2']

/** `ours: false`: the same application with a pass-through in our place. */
export function appOf(framework: Framework, syntax: Syntax, ours = true): string {
  const isKoa = framework.startsWith('koa')
  const name = isKoa ? '@throwpoint/koa' : '@throwpoint/express'
  const load = (variable: string, from: string): string =>
    syntax === 'import' ? `import ${variable} from '${from}'` : `const ${variable} = require('${from}')`
  const passThrough = isKoa ? '(ctx, next) => next()' : '(req, res, next) => { next() }'
  return [
    load('framework', framework),
    load('{ Readable }', 'node:stream'),
    ours ? load('debugMiddleware', name) : `const debugMiddleware = () => ${passThrough}`,
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
