import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { type AppName, AppProcess } from './app-process.ts'
import { InspectorClient } from './inspector-client.ts'

const running: AppProcess[] = []
const clients: InspectorClient[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  for (const app of running.splice(0)) await app.stop()
})

async function start(
  app: AppName,
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<AppProcess> {
  const started = await AppProcess.start(app, args, env)
  running.push(started)
  return started
}

async function attach(app: AppProcess): Promise<InspectorClient> {
  const client = await InspectorClient.connect(app.inspectorUrl)
  clients.push(client)
  return client
}

const apps: readonly AppName[] = ['express-app.cjs', 'koa-app.mjs']
const boundary = { BREAK: '1' }

function lineOf(app: AppName, text: string): number {
  const source = readFileSync(fileURLToPath(new URL(app, import.meta.url)), 'utf8')
  return source.slice(0, source.indexOf(text)).split('\n').length
}

describe.each(apps)('break: boundary in %s', (name) => {
  it.each([
    ['/sync', 'TypeError', 'thrown', "throw Object.assign(new TypeError('thrown')"],
    ['/async', 'RangeError', 'rejected', "throw new RangeError('rejected')"],
  ])(
    'stops for %s with error, request and frames in scope, and goes on as without',
    async (path, type, message, at) => {
      const [plain, app] = await Promise.all([start(name), start(name, ['--inspect=0'], boundary)])
      const without = await plain.get(path)
      const client = await attach(app)
      // As an editor that was told to skip dependencies.
      await client.post('Debugger.setBlackboxPatterns', {
        patterns: ['^node:', '/node_modules/', '/packages/'],
      })

      const reply = app.get(path)
      const { reason, callFrames } = await client.paused()
      const [frame] = callFrames
      expect(reason).toBe('other')
      expect(frame!.functionName).toBe('throwpoint')
      expect(client.scripts.get(frame!.location.scriptId)).toBe('throwpoint:boundary')
      // Nothing here asks for the error itself: V8 would describe it by its stack, and the first read fixes that text.
      expect(await client.evaluate(frame!, 'error.constructor.name')).toBe(type)
      expect(await client.evaluate(frame!, 'error.message')).toBe(message)
      expect(await client.evaluate(frame!, 'request.url')).toBe(path)
      expect(await client.evaluate(frame!, 'frames[0]')).toMatchObject({
        functionName: {
          '/sync': name === 'koa-app.mjs' ? 'routes' : 'sync',
          '/async': name === 'koa-app.mjs' ? 'routes' : 'later',
        }[path],
        file: fileURLToPath(new URL(name, import.meta.url)),
        line: lineOf(name, at),
      })
      expect(app.out).not.toContain('as the application says it')

      await client.resume()
      expect(await reply).toEqual(without)
      // The header of the stack is that of the message the application gave it after the stop.
      await app.until(() => app.said === plain.said)
      expect(app.said).toContain(`${type}: ${message}, as the application says it`)
      expect(client.pauses).toBe(0)
      expect((await app.get('/nowhere')).status).toBe(404)
    },
  )

  it('shows its three variables', async () => {
    const app = await start(name, ['--inspect=0'], boundary)
    const client = await attach(app)
    const reply = app.get('/sync')
    const { callFrames } = await client.paused()
    expect(await client.variables(callFrames[0]!)).toEqual(['error', 'request', 'frames'])
    expect(await client.evaluate(callFrames[0]!, 'error.secret')).toBe('a variable')
    await client.resume()
    expect((await reply).status).toBe(500)
  })

  it('stops once for each exception, also for a value that is no error', async () => {
    const app = await start(name, ['--inspect=0'], boundary)
    const client = await attach(app)
    for (let round = 0; round < 3; round += 1) {
      const reply = app.get('/null')
      const { callFrames } = await client.paused()
      expect(await client.evaluate(callFrames[0]!, 'error')).toBe('a string')
      expect(await client.evaluate(callFrames[0]!, 'frames.length')).toBe(0)
      await client.resume()
      expect((await reply).status).toBe(500)
    }
    expect(client.pauses).toBe(0)
  })

  it('does nothing without a debugger but say so once', async () => {
    const [plain, app] = await Promise.all([start(name), start(name, [], boundary)])
    for (const path of ['/sync', '/async', '/sync'])
      expect(await app.get(path)).toEqual(await plain.get(path))
    await app.until(() => app.err.includes('has no debugger'))
    expect(
      app.err.match(/Throwpoint: break: 'boundary' has no debugger to stop: .*"node --inspect"/g),
    ).toHaveLength(1)
    await app.until(() => app.said === plain.said)
  })

  it('does nothing while the inspector listens and nobody is attached', async () => {
    const [plain, app] = await Promise.all([start(name), start(name, ['--inspect=0'], boundary)])
    expect(await app.get('/sync')).toEqual(await plain.get('/sync'))
    await app.until(() => app.said === plain.said)
    expect(app.err).not.toContain('has no debugger')
  })

  it('goes on when the debugger leaves at the stop', async () => {
    const app = await start(name, ['--inspect=0'], boundary)
    const client = await attach(app)
    const reply = app.get('/sync')
    await client.paused()
    client.close()
    expect((await reply).status).toBe(500)
  })
})

describe.each(apps)('breakpoint() in %s', (name) => {
  it('stops with the caller as the next frame, at its line, with its variables', async () => {
    const app = await start(name, ['--inspect=0'])
    const client = await attach(app)
    await client.post('Debugger.setBlackboxPatterns', {
      patterns: ['^node:', '/node_modules/', '/packages/'],
    })
    const reply = app.get('/breakpoint')
    const awaited = await client.paused()
    expect(awaited.callFrames[1]!.location.lineNumber + 1).toBe(lineOf(name, '// awaited'))
    await client.resume()

    const { callFrames } = await client.paused()
    const [own, caller] = callFrames
    expect(own!.functionName).toBe('breakpoint')
    expect(client.scripts.get(own!.location.scriptId)).toBe('throwpoint:breakpoint')
    expect(client.scripts.get(caller!.location.scriptId)).toContain(name)
    expect(caller!.location.lineNumber + 1).toBe(lineOf(name, '// here'))
    expect(await client.evaluate(caller!, 'count')).toBe(41)

    await client.post('Debugger.stepOut')
    const { callFrames: after } = await client.paused()
    expect(client.scripts.get(after[0]!.location.scriptId)).toContain(name)
    await client.evaluate(after[0]!, 'count = 99')
    await client.resume()
    expect((await reply).body).toBe('count 100')
  })

  it('stops in the caller itself, at its line, where the preload has seen it', async () => {
    const app = await start(name, ['--inspect=0', '--import', 'throwpoint/register'])
    const client = await attach(app)
    const reply = app.get('/breakpoint')
    for (const comment of ['// awaited', '// here']) {
      const { callFrames } = await client.paused()
      const [caller] = callFrames
      expect(client.scripts.get(caller!.location.scriptId)).toContain(name)
      expect(caller!.location.lineNumber + 1).toBe(lineOf(name, comment))
      expect(await client.evaluate(caller!, 'count')).toBe(41)
      if (comment === '// awaited') await client.resume()
      else await client.post('Debugger.stepOver')
    }
    const { callFrames: after } = await client.paused()
    expect(after[0]!.location.lineNumber + 1).toBe(lineOf(name, '// here') + 1)
    await client.evaluate(after[0]!, 'count = 99')
    await client.resume()
    expect((await reply).body).toBe('count 100')
    expect(client.pauses).toBe(0)
  })

  it('does nothing without a debugger but say so once, and where', async () => {
    const app = await start(name)
    for (let round = 0; round < 2; round += 1) expect((await app.get('/breakpoint')).body).toBe('count 42')
    await app.until(() => app.err.includes('has nobody to ask'))
    const place = `${name}:${lineOf(name, '// awaited')}`
    expect(
      app.err.match(/Throwpoint: breakpoint\(\) at \S+ has nobody to ask: .*"node --inspect"/g),
    ).toHaveLength(1)
    expect(app.err).toContain(place)
  })

  it('does nothing while the inspector listens and nobody is attached', async () => {
    const app = await start(name, ['--inspect=0'])
    expect((await app.get('/breakpoint')).body).toBe('count 42')
    expect(app.err).not.toContain('has no debugger')
  })
})

it('an inspector that the application opens and closes counts while it is open', async () => {
  const app = await start('express-app.cjs', [], boundary)
  await app.get('/inspector/open')
  await app.until(() => app.err.includes('ws://'))
  const client = await attach(app)
  const reply = app.get('/sync')
  await client.paused()
  await client.resume()
  expect((await reply).status).toBe(500)
  client.close()
  await app.get('/inspector/close')
  expect((await app.get('/sync')).status).toBe(500)
  expect((await app.get('/breakpoint')).body).toBe('count 42')
  await app.until(() => app.err.includes('breakpoint()'))
  expect(app.err.match(/has (?:no debugger|nobody to ask)/g)).toHaveLength(2)
})
