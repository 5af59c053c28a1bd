import { describe, expect, it } from 'vitest'
import { parseStack } from './parse-stack.ts'
import { withTemplatePlaces } from './template-place.ts'

const root = process.cwd()
const ejs = [
  `TypeError: ${root}/views/cart.ejs:4`,
  '    >> 4| <%= item.price.toFixed(2) %>',
  '',
  'Cannot read properties of undefined',
  `    at eval ("${root}/views/cart.ejs":17:37)`,
  `    at cart (${root}/node_modules/ejs/lib/cjs/ejs.js:703:17)`,
  `    at handler (${root}/app.js:8:3)`,
].join('\n')
const pug = [
  `TypeError: ${root}/views/cart.pug:3:9`,
  '',
  'Cannot read properties of undefined',
  `    at eval (eval at wrap (${root}/node_modules/pug-runtime/wrap.js:6:10), <anonymous>:13:32)`,
  `    at template (eval at wrap (${root}/node_modules/pug-runtime/wrap.js:6:10), <anonymous>:18:7)`,
].join('\n')

function places(stack: string, message: string): string[] {
  return withTemplatePlaces(parseStack(stack, { message }), message).map(
    ({ functionName, file, line, column, exact }) =>
      `${functionName} ${file?.slice(root.length + 1)}:${line}:${column}${exact ? '' : ' about'}`,
  )
}

describe('frames of templates', () => {
  it('stand at the line that EJS names', () => {
    expect(places(ejs, `${root}/views/cart.ejs:4\n    >> 4| …`)).toEqual([
      'template views/cart.ejs:4:1 about',
      'cart node_modules/ejs/lib/cjs/ejs.js:703:17',
      'handler app.js:8:3',
    ])
  })

  it('stand at the place that Pug names, once', () => {
    expect(places(pug, `${root}/views/cart.pug:3:9\n\nCannot …`)).toEqual([
      'template views/cart.pug:3:9',
      'template node_modules/pug-runtime/wrap.js:6:10 about',
    ])
  })

  it('claim no line of the code the engine made', () => {
    expect(places(ejs, 'Cannot read …')[0]).toBe('template views/cart.ejs:1:1 about')
    expect(places(pug, 'Cannot read …')[0]).toBe('eval node_modules/pug-runtime/wrap.js:6:10 about')
  })

  it('a message that names another file changes nothing', () => {
    const frames = parseStack(`Error: /app.js:4\n    at f (${root}/app.js:8:3)`)
    for (const message of ['/app.js:4', '/x.ejs:4', 'x.ejs:4', 4, undefined, ':'.repeat(5000)])
      expect(withTemplatePlaces(frames, message)).toEqual(frames)
  })
})
