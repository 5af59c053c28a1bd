import type { Node } from './node.ts'

/** The `=>` of an arrow function; comments may stand around it. */
export function arrowToken(source: string, node: Node): number {
  const parameters = node['params'] as Node[]
  const last = node['returnType']?.end ?? parameters.at(-1)?.end ?? node['typeParameters']?.end ?? node.start
  return skipTo(source, '=>', last)
}

/** The next `token` that does not stand in a comment. */
export function skipTo(source: string, token: string, from: number): number {
  let index = from
  while (index < source.length) {
    if (source.startsWith(token, index)) return index
    if (source.startsWith('//', index)) {
      while (index < source.length && !/[\n\r\u2028\u2029]/.test(source[index]!)) index++
    } else if (source.startsWith('/*', index)) index = source.indexOf('*/', index) + 2
    else index++
  }
  throw new Error(`no ${token} after ${from}`)
}
