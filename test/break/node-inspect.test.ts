import { get } from 'node:http'
import { fileURLToPath } from 'node:url'
import { type IPty, spawn } from 'node-pty'
import { afterEach, describe, expect, it } from 'vitest'
import { type AppName, node } from './app-process.ts'

let terminal: IPty | undefined
/** Everything on the screen, without escapes. */
let screen = ''

afterEach(() => {
  terminal?.kill('SIGKILL')
  terminal = undefined
})

/** `node inspect app` as a developer starts it. */
function inspect(app: AppName, env: Record<string, string>): void {
  screen = ''
  const file = fileURLToPath(new URL(app, import.meta.url))
  terminal = spawn(node, ['inspect', '--port=0', file], {
    cols: 200,
    rows: 50,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      NODE_ENV: 'development',
      NO_COLOR: '1',
      TERM: 'dumb',
      ...env,
    } as Record<string, string>,
  })
  terminal.onData((data) => {
    // oxlint-disable-next-line no-control-regex -- the escapes of a terminal
    screen += data.replace(/\u001B\[[\d;?]*[A-Za-z]/g, '')
  })
}

async function shows(text: string | RegExp): Promise<RegExpMatchArray> {
  const deadline = Date.now() + 100_000
  for (;;) {
    const found = screen.match(text)
    if (found !== null) return found
    if (Date.now() > deadline) throw new Error(`${text} did not come:\n${screen}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Types a command; what comes until the next prompt is looked for in what is new. */
async function type(command: string, answer: string | RegExp): Promise<void> {
  screen = ''
  terminal!.write(`${command}\r`)
  await shows(answer)
}

function request(port: number, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (res) => {
      let body = ''
      res.on('data', (chunk: Buffer) => (body += chunk.toString()))
      res.on('end', () => {
        resolve({ status: res.statusCode!, body })
      })
    }).on('error', reject)
  })
}

describe.each<AppName>(['express-app.cjs', 'koa-app.mjs'])('node inspect with %s', (name) => {
  async function listening(): Promise<number> {
    await shows(/Break on start in/)
    await shows('debug> ')
    await type('cont', /listening (\d+)/)
    return Number((await shows(/listening (\d+)/))[1])
  }

  it('stops at a boundary, shows the error, and goes on', async () => {
    inspect(name, { BREAK: '1' })
    const port = await listening()
    screen = ''
    const reply = request(port, '/sync')
    await shows(/break in throwpoint:boundary:\d+/)
    await type('exec error.message', "'thrown'")
    await type('exec request.url', "'/sync'")
    await type('exec frames[0].functionName', name === 'koa-app.mjs' ? "'routes'" : "'sync'")
    terminal!.write('cont\r')
    expect((await reply).status).toBe(500)
  }, 120_000)

  it('stops at breakpoint(), and one step out is the caller', async () => {
    inspect(name, {})
    const port = await listening()
    screen = ''
    const reply = request(port, '/breakpoint')
    await shows(/break in throwpoint:breakpoint:\d+/)
    await type('backtrace', /#1 \w+ .*(?:express-app\.cjs|koa-app\.mjs):\d+/)
    terminal!.write('cont\r')
    await shows(/break in throwpoint:breakpoint:\d+/)
    await type('out', /(?:break|step) in .*(?:express-app\.cjs|koa-app\.mjs):\d+/)
    await type('exec count', '41')
    terminal!.write('cont\r')
    expect((await reply).body).toBe('count 42')
  }, 120_000)
})
