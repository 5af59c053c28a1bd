import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { debugMiddleware } from '../../packages/express/src/active.ts'
import { closeBrowser, launchBrowser } from '../browser/launch.ts'

/** Stands in the source around the throw, which the framework's own answer does not show. */
const canary = 'canary-in-the-source'

const servers: Server[] = []
let app = ''
let elsewhere = ''
let browser: Browser
let page: Page

async function listen(handler: express.Express): Promise<number> {
  const server = createServer(handler)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

beforeAll(async () => {
  const victim = express()
  // As applications open themselves while they are developed.
  victim.use((req, res, next) => {
    res.set('Access-Control-Allow-Origin', req.headers.origin ?? '*')
    res.set('Access-Control-Allow-Credentials', 'true')
    res.set('Access-Control-Expose-Headers', '*, X-Throwpoint')
    next()
  })
  victim.use(debugMiddleware({ enabled: true, terminal: 'off' }))
  victim.all('/crash', () => {
    // canary-in-the-source
    throw new Error('boom')
  })
  victim.get('/', (_req, res) => {
    res.type('html').send('<title>app</title>')
  })
  const other = express()
  other.get('/', (_req, res) => {
    res.type('html').send('<title>elsewhere</title><a href="">link</a>')
  })
  app = `http://127.0.0.1:${await listen(victim)}`
  elsewhere = `http://127.0.0.1:${await listen(other)}`
  browser = await launchBrowser()
  page = await browser.newPage()
})

afterAll(async () => {
  await closeBrowser()
  for (const server of servers) server.close().closeAllConnections()
})

/** The id of a report, and where it is. */
async function newReport(): Promise<string> {
  const { headers } = await fetch(`${app}/crash`, { headers: { accept: 'application/json' } })
  return `${app}/__throwpoint/${headers.get('x-throwpoint')}`
}

async function read(url: string, init: RequestInit): Promise<string> {
  return page.evaluate(
    async ([address, options]) => {
      try {
        const response = await fetch(address, options)
        return `${response.status} ${response.type} ${await response.text()}`
      } catch (error) {
        return String(error)
      }
    },
    [url, init] as const,
  )
}

describe('a page of another origin', () => {
  it.each([
    {},
    { mode: 'no-cors' },
    { credentials: 'include' },
    { headers: { accept: 'application/json' } },
    { headers: { accept: 'text/html' } },
    { method: 'POST', body: 'a=1', headers: { 'content-type': 'text/plain' } },
    { referrerPolicy: 'no-referrer' },
  ] as const)('reads no report with fetch: %j', async (init) => {
    const report = await newReport()
    await page.goto(elsewhere)
    for (const url of [`${app}/crash`, report, `${report}.json`]) {
      const answer = await read(url, init as RequestInit)
      expect(answer).not.toContain(canary)
      expect(answer).not.toContain('throwpoint-report')
    }
  })

  it('embeds none', async () => {
    const report = await newReport()
    await page.goto(elsewhere)
    for (const url of [`${app}/crash`, report]) {
      const frames = await page.evaluate(async (address) => {
        const frame = document.createElement('iframe')
        frame.src = address
        await new Promise((resolve) => {
          frame.addEventListener('load', resolve)
          document.body.append(frame)
        })
        return document.querySelectorAll('iframe').length
      }, url)
      expect(frames).toBeGreaterThan(0)
      const inside = page.frames().at(-1)!
      expect(
        await inside.evaluate(() => document.documentElement.textContent ?? '').catch(() => ''),
      ).not.toContain(canary)
    }
  })

  it('runs and reads none as a script, a style or an image', async () => {
    const report = await newReport()
    await page.goto(elsewhere)
    for (const name of ['script', 'link', 'img']) {
      const outcome = await page.evaluate(
        ([tag, address]) =>
          new Promise<string>((resolve) => {
            const element = document.createElement(tag)
            element.setAttribute(tag === 'link' ? 'href' : 'src', address)
            element.setAttribute('rel', 'stylesheet')
            element.addEventListener('error', () => resolve('error'))
            element.addEventListener('load', () => resolve('load'))
            document.body.append(element)
            setTimeout(() => resolve('nothing'), 1500)
          }),
        [name, `${report}.json`] as const,
      )
      expect(['error', 'nothing']).toContain(outcome)
    }
  })

  it('keeps no hold on a report it opens', async () => {
    await page.goto(elsewhere)
    const [opened] = await Promise.all([
      page.context().waitForEvent('page'),
      page.evaluate((address) => {
        const state = globalThis as { opened?: Window | null }
        state.opened = window.open(address)
      }, `${app}/crash`),
    ])
    await opened.getByRole('heading', { level: 1 }).waitFor()
    expect(await opened.content()).toContain(canary)
    await page.waitForFunction(() => (globalThis as { opened?: Window | null }).opened?.closed !== false)
    await opened.close()
  })

  it('leads to the page, and to a report by its id, with a link', async () => {
    for (const url of [`${app}/crash`, await newReport()]) {
      await page.goto(elsewhere)
      await page.evaluate((address) => {
        document.querySelector('a')!.href = address
      }, url)
      await page.getByRole('link').click()
      await page.getByRole('heading', { level: 1 }).waitFor()
      expect(await page.content()).toContain(canary)
    }
  })
})

describe('a page of the application', () => {
  it('reads the report of its own failed request', async () => {
    await page.goto(app)
    expect(await read('/crash', { headers: { accept: 'application/json' } })).toContain('throwpoint-report')
    expect(await read('/crash', { method: 'POST', headers: { accept: 'application/json' } })).toContain(
      'throwpoint-report',
    )
  })
})
