import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { curlCommand } from '../../packages/core/src/report/curl.ts'
import { renderMarkdown } from '../../packages/core/src/report/markdown.ts'
import type { Report } from '../../packages/protocol/src/index.ts'
import { closeBrowser, launchBrowser } from '../browser/launch.ts'
import { samples } from '../report-samples.ts'
import { bundledReport, deepCauses, deepReport, longMessage } from './large-reports.ts'
import { PageServer } from './page-server.ts'

const reports: Readonly<Record<string, Report>> = {
  ...samples,
  'a hundred frames': deepReport(100, false),
  variables: deepReport(3, true),
  'twenty causes': deepCauses(),
  'a long message': longMessage(),
  'a bundle': bundledReport(),
}
const names = Object.keys(reports)

const isFull = process.env['THROWPOINT_FULL'] === '1'
/** How a page is looked at; the fast set has each report in one of the ways. */
const views = [
  ['light', 1280],
  ['dark', 360],
] as const

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const server = new PageServer()
let browser: Browser
/** One page for all tests: a new context costs a process. */
let page: Page
let withoutScript: Page
let complaints: string[] = []

beforeAll(async () => {
  browser = await launchBrowser()
  await server.start()
  page = await newPage({ permissions: ['clipboard-read', 'clipboard-write'] })
  withoutScript = await newPage({ javaScriptEnabled: false })
})

afterAll(async () => {
  await closeBrowser()
  server.stop()
})

/** Collects what a browser has to complain of. */
async function newPage(options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options)
  const created = await context.newPage()
  created.on('console', (message) => {
    // The page is the body of a 500: that is no fault of its own.
    if (!/status of 500/.test(message.text())) complaints.push(message.text())
  })
  created.on('pageerror', (error) => complaints.push(String(error)))
  created.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return created
}

async function open(address: string): Promise<void> {
  complaints = []
  await page.emulateMedia({ colorScheme: 'light', media: 'screen' })
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goto(address)
}

async function openAll(): Promise<void> {
  await page.evaluate(() => {
    for (const fold of document.querySelectorAll('details')) fold.open = true
  })
}

function withSecret(report: Report): Report {
  const headers = [...report.request!.headers, ['authorization', 'Bearer [redacted]'] as const]
  return { ...report, id: 'd'.repeat(32), request: { ...report.request!, headers } }
}

function content(of: Page): Promise<string> {
  return of.evaluate(() => {
    for (const own of document.querySelectorAll('button, script, style')) own.remove()
    return document.body.innerText
  })
}

describe.each(names)('the page of %s', (name) => {
  const report = reports[name]!

  it.each(['report', 'answer'] as const)(
    'breaks no rule of its own policy and asks for nothing else (%s)',
    async (as) => {
      const before = server.requests.length
      await open(server.add(report, as))
      await page.waitForTimeout(50)
      expect(complaints).toEqual([])
      expect(server.requests.length - before).toBe(1)
      expect(await page.evaluate(() => document.compatMode)).toBe('CSS1Compat')
      expect(await page.locator('script').count()).toBe(as === 'answer' ? 1 : 0)
    },
  )

  it.each(isFull ? views : [views[names.indexOf(name) % 2]!])(
    'is accessible: %s, %i pixels wide',
    async (colorScheme, width) => {
      // A hundred open frames take axe minutes.
      if (name !== 'a hundred frames') await openAll()
      await page.evaluate(axe)
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      const violations = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: unknown[] }> } }
        return (await axe.run()).violations as Array<{ id: string; nodes: Array<{ html: string }> }>
      })
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    },
    120_000,
  )

  it('fits into narrow windows', async () => {
    await openAll()
    for (const width of [320, 360, 768, 1280]) {
      await page.setViewportSize({ width, height: 900 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    }
  })

  it('has the same content without script', async () => {
    const address = server.add(report)
    await open(address)
    await withoutScript.goto(address)
    expect(await content(withoutScript)).toBe(await content(page))
  })
})

describe('the page', () => {
  it('shows the sentence, the place and the marked column without scrolling', async () => {
    await open(server.add(deepReport(3, true)))
    const visible = await page.evaluate(() => {
      const fits = (selector: string): boolean => {
        const box = document.querySelector(selector)!.getBoundingClientRect()
        return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight
      }
      return ['h1', '.app .at', 'mark', '.vars .tree'].map(fits)
    })
    expect(visible).toEqual([true, true, true, true])
    expect(await page.locator('mark').first().innerText()).toBe('of')
    expect(await page.locator('.frames > .app > details[open]').count()).toBe(1)
  })

  it('shows what production would do above the frames, when it is bad', async () => {
    await open(server.add(samples.body!))
    const box = page.locator('.box.bad')
    expect(await box.innerText()).toContain('ends the process')
    expect(await box.innerText()).toContain('pipeline(source, res, next)')
    expect(await box.evaluate((element) => element.getBoundingClientRect().top)).toBeLessThan(
      await page.locator('#frames').evaluate((element) => element.getBoundingClientRect().top),
    )
  })

  it('shows the innermost cause first and leads from each to the next', async () => {
    await open(server.add(samples.body!))
    expect(await page.locator('.error').evaluateAll((all) => all.map(({ id }) => id))).toEqual([
      'cause-2',
      'cause-1',
      'error',
    ])
    await page.locator('.chain a').nth(1).click()
    expect(new URL(page.url()).hash).toBe('#cause-2')
    await page.locator('.pager a').first().click()
    expect(new URL(page.url()).hash).toBe('#cause-1')
  })

  it('is worked with the keyboard', async () => {
    await open(server.add(deepReport(3, true)))
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the frames')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    const state = () =>
      page.evaluate(() => {
        const focused = document.activeElement as HTMLElement
        return [focused.querySelector('.fn')?.textContent, (focused.parentElement as HTMLDetailsElement).open]
      })
    expect(await state()).toEqual(['settle', true])
    await page.keyboard.press('ArrowLeft')
    expect(await state()).toEqual(['settle', false])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    expect(await state()).toEqual(['async Checkout.step1', true])
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    expect(await state()).toEqual(['settle', true])
  })

  it('copies its other forms', async () => {
    const report = withSecret(samples.body!)
    await open(server.add(report))
    const copy = async (form: string): Promise<string> => {
      await page.locator('#said').evaluate((said) => void (said.textContent = ''))
      await page.getByRole('button', { name: form, exact: true }).click()
      await page.getByText('Copied.').waitFor()
      return page.evaluate(() => navigator.clipboard.readText())
    }
    expect(await copy('Markdown')).toBe(
      renderMarkdown(report, { link: `${server.origin}/__throwpoint/${report.id}` }),
    )
    expect(JSON.parse(await copy('JSON'))).toEqual(report)
    expect(await copy('curl')).toBe(curlCommand(report, { origin: server.origin })!.command)
    expect(await page.locator('#said').innerText()).toBe(
      'Copied. Set AUTHORIZATION first: its value is hidden in the report.',
    )
    expect(complaints).toEqual([])
  })

  it('copies with the keyboard, and says when there is nothing to copy any more', async () => {
    await open(server.add({ ...samples.body!, id: 'f'.repeat(32) }))
    await page.getByRole('button', { name: 'curl', exact: true }).focus()
    await page.keyboard.press(' ')
    await page.getByText('Copied.').waitFor()
    await page.route('**/*.json', (route) => route.abort())
    await page.getByRole('button', { name: 'JSON', exact: true }).press('Enter')
    await page.getByText('Not copied:').waitFor()
    await page.unroute('**/*.json')
  })

  it('leads to its other forms without script', async () => {
    const report = { ...samples.body!, id: 'e'.repeat(32) }
    await withoutScript.goto(server.add(report))
    await withoutScript.locator('.copy').getByRole('link', { name: 'JSON' }).click()
    expect(JSON.parse(await withoutScript.locator('body').innerText())).toEqual(report)
    await withoutScript.goBack()
    await withoutScript.locator('.copy').getByRole('link', { name: 'curl' }).click()
    await withoutScript.getByText('the request, for a POSIX shell').click()
    expect(await withoutScript.locator('#copy-curl').inputValue()).toBe(
      curlCommand(report, { origin: server.origin })!.command,
    )
  })

  it("opens the user's own frames in the editor, where one is known", async () => {
    await open(server.add(samples.body!))
    const links = (): Promise<string[]> =>
      page.locator('a.edit').evaluateAll((all) => all.map((one) => one.getAttribute('href')!))
    const places = samples.body!.frames.filter(({ kind }) => kind === 'app').map(({ location }) => location!)
    expect(await links()).toEqual(
      expect.arrayContaining(
        places.map(({ file, line, column }) => `vscode://file${file}:${line}:${column}`),
      ),
    )
    expect(await page.locator('.dependency .edit, .node .edit').count()).toBe(0)
    server.editor = undefined
    await page.reload()
    server.editor = 'vscode://file/{file}:{line}:{column}'
    expect(await links()).toEqual([])
  })

  it('shows everything in print', async () => {
    await open(server.add(deepReport(3, false)))
    await page.emulateMedia({ media: 'print' })
    const heights = await page
      .locator('.app pre.src')
      .evaluateAll((all) => all.map((one) => one.clientHeight))
    expect(heights.every((height) => height > 50)).toBe(true)
  })
})

describe('the size of the page', () => {
  it('is small before the data, and bounded with them', async () => {
    const { renderForm } = await import('../../packages/http/src/forms.ts')
    const size = (report: Report): number =>
      Buffer.byteLength(renderForm(report, 'page', { link: 'http://localhost/x', as: 'answer' }).body)
    expect(size(samples.background!)).toBeLessThan(25_000)
    const huge: Report = {
      ...deepReport(2000, true),
      notes: Array.from({ length: 5000 }, () => 'n'.repeat(5000)),
      request: {
        ...samples.handler!.request!,
        headers: Array.from({ length: 5000 }, (_, index) => [`x-${index}`, 'v'.repeat(10_000)] as const),
      },
    }
    expect(size(huge)).toBeLessThan(8_000_000)
  })
})
