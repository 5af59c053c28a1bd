import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { InTerminal } from '../prompt/in-terminal.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const state = mkdtempSync(join(tmpdir(), 'throwpoint-start-'))
afterAll(() => rmSync(state, { recursive: true, force: true }))

const env = { THROWPOINT_BREAK_ON_START: '1', XDG_STATE_HOME: state, XDG_CONFIG_HOME: state, NO_COLOR: '1' }

const express =
  /GET {2}\/orders\s+POST \/orders\s+GET {2}\/orders\/:id\/items\/:item\s+ALL {2}\/any\s+GET {2}\/x/
const koa = /GET {2}\/x\s+GET {2}\/shop\/orders\s+POST \/shop\/orders/

describe('break on start', () => {
  it.each([
    ['Express 5', 'routes.cjs', {}, express],
    ['Express 4', 'routes.cjs', { EXPRESS: 'express4' }, express],
    ['Koa', 'routes.mjs', {}, koa],
  ] as const)('holds everything, lists the routes of %s, and stops at one', async (_, file, more, listed) => {
    const terminal = new InTerminal(process.execPath, [file], { cwd: here, env: { ...env, ...more } })
    try {
      const [, port] = await terminal.until(/listening (\d+)/)
      const get = async (path: string): Promise<string> =>
        (await fetch(`http://127.0.0.1:${port}${path}`)).text()
      await terminal.until('before the first request')
      await terminal.until('(no frames) ')
      const answers: string[] = []
      const first = get('/x').then((text) => answers.push(`first ${text}`))
      terminal.type('routes\r')
      await terminal.until(listed)
      terminal.type('break on route GET /x\r')
      await terminal.until('1: requests of GET /x are held when they arrive.')
      expect(answers).toEqual([])
      terminal.type('c\r')
      await terminal.until('The program goes on.')
      // It waited for the prompt, and meets the break now.
      await terminal.until('break on route GET /x')
      await terminal.until('GET /x, which the application has not seen yet; held')
      await terminal.until('(no frames) ')
      // Others are served.
      expect(await get('/nothing')).not.toBe('')
      terminal.type('request\r')
      await terminal.until('GET /x HTTP/1.1')
      terminal.type('b\r')
      await terminal.until(/1 GET \/x {2}once/)
      terminal.type('clear 1\r')
      await terminal.until('Taken back: 1.')
      expect(answers).toEqual([])
      terminal.type('c\r')
      await terminal.until('GET /x goes on.')
      await first
      expect(answers).toEqual(['first x'])
      expect(await get('/x')).toBe('x')
    } finally {
      terminal.kill()
    }
  })

  it('without anybody to ask serves at once', async () => {
    const child = spawn(process.execPath, ['routes.cjs'], {
      cwd: here,
      env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'development', ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    })
    try {
      const [line] = (await once(child.stdout, 'data')) as [Buffer]
      const port = /listening (\d+)/.exec(line.toString())![1]
      expect(await (await fetch(`http://127.0.0.1:${port}/x`)).text()).toBe('x')
    } finally {
      child.kill('SIGKILL')
    }
  })
})
