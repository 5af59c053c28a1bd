import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attribute, html, Html } from './html.ts'

describe('html', () => {
  it('escapes what is put into text and into attributes', () => {
    expect(html`<p title="${'a"b<c>&'}">${'a"b<c>&'}</p>`.markup).toBe(
      '<p title="a&quot;b&lt;c&gt;&amp;">a"b&lt;c&gt;&amp;</p>',
    )
  })

  it('takes markup, lists, numbers, and nothing for what is not there', () => {
    const items = [html`<li>${1}</li>`, null, undefined, false as const, ['<', html`<b></b>`]]
    expect(html`<ul>${items}</ul>`.markup).toBe('<ul><li>1</li>&lt;<b></b></ul>')
  })

  it('leaves out the indentation of its source', () => {
    const template = html`<p>
      ${'a\n  b'}
    </p>`
    expect(template.markup).toBe('<p>\na\n  b\n</p>')
  })

  it('takes attributes inside a tag, and nothing else', () => {
    expect(html`<p${attribute('id', '"><x')}${attribute('open')}>`.markup).toBe(
      '<p id="&quot;&gt;&lt;x" open>',
    )
    expect(html`<p${null}>`.markup).toBe('<p>')
    expect(() => html`<p ${'onclick=x'}>`).toThrow(TypeError)
    expect(() => html`<p ${['onclick=x']}>`).toThrow(TypeError)
    expect(() => html`<p ${1}>`).toThrow(TypeError)
  })

  it('refuses templates whose holes could not be made safe', () => {
    const text = 'x' as string
    expect(() => html`<p class=${text}>`).toThrow(TypeError)
    expect(() => html`<p class='${text}'>`).toThrow(TypeError)
    expect(() => html`<${text}>`).toThrow(TypeError)
    expect(() => html`</${text}>`).toThrow(TypeError)
    expect(() => html`<!-- ${text} -->`).toThrow(TypeError)
    expect(() => html` title="${text}"`).toThrow(TypeError)
  })

  it('shows every character', () => {
    expect(html`${'a\u202eb\u0000c\u{e0041}d\ud800e\n\tf\r'}`.markup).toBe(
      'a\\u202eb\\u0000c\\u{e0041}d\\ud800e\n\tf\\u000d',
    )
    expect(html`${'名前 ✔️ 👩‍💻 é'}`.markup).toBe('名前 ✔️ 👩\\u200d💻 é')
  })

  it('leaves no text that ends its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { markup } = html`<p title="${text}">${text}</p>`
        const [, inside, content] = /^<p title="([^"]*)">([^]*)<\/p>$/.exec(markup)!
        expect(inside).not.toMatch(/[<>"]/)
        expect(content).not.toMatch(/[<>]/)
        expect(new Html(markup).toString()).toBe(markup)
      }),
    )
  })
})
