import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const minutes = 60_000

let folder: string
let clone: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'throwpoint-clone-'))
  clone = join(folder, 'throwpoint')
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
}, 5 * minutes)

/** An empty home, no terminal, and nothing of ours in the environment but the way to the network. */
function environment(): NodeJS.ProcessEnv {
  const home = join(folder, 'home')
  mkdirSync(home, { recursive: true })
  const kept = Object.entries(process.env).filter(([name]) => {
    return /^(?:PATH|.*_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|npm_config_(?:registry|cafile))$/i.test(name)
  })
  return { ...Object.fromEntries(kept), HOME: home, CI: 'true' }
}

describe.runIf(process.env['THROWPOINT_FULL'] === '1' && existsSync(join(root, '.git')))(
  'a fresh clone',
  () => {
    it(
      'is made ready by one command, with the native module of the terminal tests',
      async () => {
        await promisify(execFile)('git', ['clone', '--quiet', root, clone])
        const options = { cwd: clone, env: environment(), timeout: 15 * minutes }
        const { stdout } = await promisify(execFile)(process.execPath, ['scripts/setup.js'], options)
        expect(stdout).toMatch(/install: .* s\n[^]*build: /)
        const pty = `require('node-pty').spawn('true', []).onExit(({ exitCode }) => { console.log('exit', exitCode); process.exit() })`
        const { stdout: exit } = await promisify(execFile)(process.execPath, ['-e', pty], options)
        expect(exit).toBe('exit 0\n')
        // The `node` of npm scripts is the reader's.
        const { stdout: version } = await promisify(execFile)(
          'npm',
          ['exec', '-c', 'node --version'],
          options,
        )
        expect(version.trim()).toBe(process.version)
      },
      16 * minutes,
    )

    it(
      'shows the demo',
      async () => {
        const child = spawn(process.execPath, ['scripts/demo.js'], {
          cwd: clone,
          env: { ...environment(), PORT: '0' },
          stdio: ['ignore', 'pipe', 'pipe'],
        })
        try {
          const list = await listOf(child)
          const text = await (await fetch(list)).text()
          const urls = text.match(/^http:\S+$/gm) ?? []
          expect(urls.length).toBeGreaterThan(30)
          const response = await fetch(urls[0]!, { headers: { accept: 'text/html' } })
          expect(response.status).toBe(500)
          expect(response.headers.get('x-throwpoint')).toMatch(/./)
        } finally {
          child.kill('SIGTERM')
          await new Promise((resolve) => child.once('close', resolve))
        }
      },
      5 * minutes,
    )
  },
)

/** Where the demo serves its list. */
function listOf(child: ChildProcess): Promise<string> {
  let output = ''
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const [, url] = /^The list is at (\S+)/m.exec(output) ?? []
        if (url !== undefined) resolve(url)
      })
    }
    child.on('exit', () => reject(new Error(output)))
  })
}
