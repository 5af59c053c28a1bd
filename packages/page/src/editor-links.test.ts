import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editorLinks } from './editor-links.ts'

function link(url: string, file: string): string | undefined {
  return editorLinks(url)({ file, line: 12, column: 7 })
}

const vscode = 'vscode://file/{file}:{line}:{column}'

describe('editorLinks', () => {
  it.each([
    [vscode, '/srv/shop/app.js', 'vscode://file/srv/shop/app.js:12:7'],
    [vscode, 'C:\\shop\\app.js', 'vscode://file/C:/shop/app.js:12:7'],
    [
      vscode,
      '/srv/a b/#1?/50%/{line}é&"<.js',
      'vscode://file/srv/a%20b/%231%3F/50%25/%7Bline%7D%C3%A9%26%22%3C.js:12:7',
    ],
    ['vscode://file{file}:{line}', '/a.js', 'vscode://file/a.js:12'],
    ['idea://open?file={file}&line={line}', '/a&line=1.js', 'idea://open?file=/a%26line%3D1.js&line=12'],
    ['idea://open?file={file}', 'c:/a.js', 'idea://open?file=c:/a.js'],
    ['txmt://open?url=file://{file}', '/a.js', 'txmt://open?url=file:///a.js'],
    ['txmt://open?url=file://{file}', 'C:\\a.js', 'txmt://open?url=file:///C:/a.js'],
    ['txmt://open?url=file:///{file}', '/a.js', 'txmt://open?url=file:///a.js'],
    ['x:{file}{file}', '/a.js', 'x:/a.js/a.js'],
  ])('%s with %s', (url, file, address) => {
    expect(link(url, file)).toBe(address)
  })

  it.each([
    'app.js',
    './app.js',
    'node:events',
    'webpack://shop/./app.js',
    'file:///srv/app.js',
    '\\\\server\\share\\app.js',
    '//server/share/app.js',
    'javascript:alert(1)',
    '/users/[redacted]/app.js',
    '/a\0.js',
    '/\ud800.js',
    `/${'a'.repeat(3000)}`,
    '',
  ])('has no link to %j', (file) => {
    expect(link(vscode, file)).toBeUndefined()
  })

  it('keeps every path in its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (rest) => {
        const file = `/${rest}`
        const address = link('x-editor://open?file={file}&line={line}', file)
        if (address === undefined) return
        expect(address).toMatch(/^[!#-;=?-~]+$/)
        const url = new URL(address)
        expect([...url.searchParams]).toEqual([
          ['file', file],
          ['line', '12'],
        ])
        expect(url.hash).toBe('')
      }),
    )
  })
})
