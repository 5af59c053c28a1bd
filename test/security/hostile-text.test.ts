// oxlint-disable no-control-regex -- what must not be there has to be named
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../packages/protocol/src/index.ts'
import { closeBrowser, launchBrowser } from '../browser/launch.ts'
import { PageServer } from '../page/page-server.ts'
import { filledWith, maximalReport } from '../report-samples.ts'

/** Texts that would be markup, code or an address somewhere. Each tries to set `__pwn`. */
const corpus = [
  '<script>__pwn=1</script>',
  '</script><script>__pwn=1</script>',
  '</style><script>__pwn=1</script>',
  '</textarea><script>__pwn=1</script>',
  '</title><script>__pwn=1</script>',
  '</pre></code></details><img src=x onerror=__pwn=1>',
  '--><script>__pwn=1</script><!--',
  ']]><script>__pwn=1</script>',
  '" onmouseover="__pwn=1" autofocus onfocus="__pwn=1" x="',
  "' onmouseover='__pwn=1' autofocus onfocus='__pwn=1' x='",
  '" style="position:fixed;inset:0" class="',
  '<img src=x onerror=__pwn=1>',
  '<svg onload=__pwn=1>',
  '<svg><style><img src=x onerror=__pwn=1></style></svg>',
  '<math><mtext><table><mglyph><style><img src=x onerror=__pwn=1>',
  '<iframe srcdoc="<script>parent.__pwn=1</script>"></iframe>',
  '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
  '<link rel=stylesheet href=https://evil.example/x.css>',
  '<form action=https://evil.example/><button>x</button></form>',
  '<a href="javascript:__pwn=1">x</a>',
  'javascript:__pwn=1',
  'data:text/html,<script>__pwn=1</script>',
  '&lt;script&gt;__pwn=1&lt;/script&gt;',
  '&#x3c;script&#x3e;__pwn=1',
  '<noscript><p title="</noscript><img src=x onerror=__pwn=1>">',
  '<template><script>__pwn=1</script></template>',
  '<details open ontoggle=__pwn=1>',
  '<!--<script>',
  '${__pwn=1}`${__pwn=1}`',
  '{{constructor.constructor("__pwn=1")()}}',
  '\u202e<\u0000script>\u2066__pwn=1\u2069</script>\u200b\ufeff\u0085\u2028\u2029\x1b[2J\x07\x7f\x9b',
  '+ADw-script+AD4-__pwn=1+ADw-/script+AD4-',
  '\ud800<script>\udfff__pwn=1</script>',
  '<'.repeat(500) + '"'.repeat(500),
  `${'A'.repeat(5000)}<script>__pwn=1</script>`,
  'a\n<script>__pwn=1</script>\nb'.repeat(20),
]

/** What the page is made of. */
const elements = new Set(
  (
    'html head meta title link style body a header p code b h1 h2 span details summary pre nav ol ul li div main section ' +
    'mark dl dt dd table tbody tr th td textarea button script'
  ).split(' '),
)
const attributes = new Set(
  (
    'lang charset name content nonce rel href class id hidden type data-copy role tabindex aria-label aria-labelledby open ' +
    'data-n data-note title scope readonly rows spellcheck'
  ).split(' '),
)

/** Else no frame would lead into an editor. */
function withAbsolutePaths(report: Report): Report {
  const frames = report.frames.map((frame) => {
    const { location } = frame
    return location === null ? frame : { ...frame, location: { ...location, file: `/${location.file}` } }
  })
  return { ...report, frames }
}

const server = new PageServer()
let browser: Browser
let page: Page
let dialogs = 0

beforeAll(async () => {
  browser = await launchBrowser()
  await server.start()
  page = await browser.newPage()
  page.on('dialog', (dialog) => {
    dialogs += 1
    void dialog.dismiss()
  })
})

afterAll(async () => {
  await closeBrowser()
  server.stop()
})

describe('every text of a report', () => {
  it.each(corpus)('is text on the page: %j', async (text) => {
    const address = server.add({
      ...withAbsolutePaths(filledWith(maximalReport, text)),
      id: maximalReport.id,
    })
    const before = server.requests.length
    await page.goto(address)
    await page.evaluate(() => {
      for (const fold of document.querySelectorAll('details')) fold.open = true
    })
    const found = await page.evaluate(() => {
      const elements = new Set<string>()
      const attributes = new Set<string>()
      const addresses = new Set<string>()
      const handlers: string[] = []
      for (const element of document.querySelectorAll('*')) {
        elements.add(element.localName)
        for (const { name, value } of element.attributes) {
          attributes.add(name)
          if (name === 'href') addresses.add(value)
          if (name.startsWith('on') || name === 'style') handlers.push(element.outerHTML.slice(0, 200))
        }
      }
      const { __pwn } = globalThis as { __pwn?: unknown }
      return {
        elements: [...elements],
        attributes: [...attributes],
        addresses: [...addresses],
        handlers,
        pwned: __pwn,
        scripts: document.scripts.length,
        title: document.title,
        text: document.body.textContent ?? '',
      }
    })
    expect(found.pwned).toBeUndefined()
    expect(dialogs).toBe(0)
    expect(found.handlers).toEqual([])
    expect(found.elements.filter((name) => !elements.has(name))).toEqual([])
    expect(found.attributes.filter((name) => !attributes.has(name))).toEqual([])
    const link = `${server.origin}/__throwpoint/${maximalReport.id}`
    const forms = ['md', 'json', 'txt', 'curl'].map((form) => `${link}.${form}`)
    const editor = /^vscode:\/\/file\/[\w%.~!'()*/-]*:\d+:\d+$/
    const fine = (href: string): boolean =>
      /^(?:data:,|#[\w-]+)$/.test(href) || forms.includes(href) || editor.test(href)
    expect(found.addresses.filter((href) => !fine(href))).toEqual([])
    if (!/[\0\ud800]/.test(text) && text.length < 1000)
      expect(found.addresses.some((href) => editor.test(href))).toBe(true)
    expect(found.scripts).toBe(1)
    expect(server.requests.length - before).toBe(1)
    // Nothing that a reader would not see.
    expect(found.text + found.title).not.toMatch(
      /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/,
    )
    // And nothing was lost: the text stands on the page as it is.
    if (/^[\x20-\x7e]{1,100}$/.test(text)) expect(found.text.split(text).length).toBeGreaterThan(10)
  })
})
