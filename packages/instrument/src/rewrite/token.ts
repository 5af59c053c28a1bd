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
