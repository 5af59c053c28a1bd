import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright-core'

let browser: Promise<Browser> | undefined

/**
 * One Chromium for the tests of a file. The package unpacks it into the temporary directory, once for all runs;
 * without GPU and without a sandbox, which a container's root cannot have.
 */
export function launchBrowser(): Promise<Browser> {
  browser ??= launch()
  return browser
}

export async function closeBrowser(): Promise<void> {
  const running = browser
  browser = undefined
  await (await running)?.close()
}

async function launch(): Promise<Browser> {
  chromium.setGraphicsMode = false
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    // In a single process, which the package wants for tiny machines, closing a page ends the browser.
    args: [...chromium.args.filter((arg) => arg !== '--single-process'), '--no-sandbox'],
    headless: true,
    timeout: 60_000,
  })
}
