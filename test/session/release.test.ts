import { describe, expect, it } from 'vitest'
import type { Hold, Holds, Mute, Release } from '../../packages/core/src/hold/hold.ts'
import { Mutes } from '../../packages/core/src/hold/mutes.ts'
import { converse } from '../../packages/core/src/session/conversation.ts'
import type { Debuggee } from '../../packages/core/src/session/debuggee.ts'
import { dumpDebuggee } from '../../packages/core/src/session/dump-debuggee.ts'
import { evaluateBeside } from '../../packages/core/src/session/evaluate-beside.ts'
import type { Conversation, Reply } from '../../packages/core/src/session/reply.ts'
import { handlerReport } from '../report-samples.ts'

const view = { colors: false, columns: 100 }

const debuggee: Debuggee = {
  ...dumpDebuggee(handlerReport, 'capture'),
  objects: { err: new TypeError('x'), req: { id: 7 }, res: undefined, ctx: undefined },
  evaluate: async (_, code, options) => {
    const value = evaluateBeside(code, options ?? {})
    return { value: code.includes('await') ? await value : value }
  },
}

class Queue implements Holds {
  readonly claimed = true
  readonly mutes = new Mutes()
  waiting: Held[] = []
  quitBy: string | undefined
  resumed = 0

  list(): readonly Hold[] {
    return this.waiting
  }
  get(number: number): Hold | undefined {
    return this.waiting.find((hold) => hold.number === number)
  }
  watch(): () => void {
    return () => {}
  }
  claim(): () => void {
    return () => {}
  }
  quit(by: string): void {
    this.quitBy = by
  }
  resume(): void {
    this.resumed++
  }
  mute(mute: Mute): void {
    this.mutes.add(mute)
  }
  unmute(): void {
    this.mutes.clear()
  }
  muted(): readonly string[] {
    return this.mutes.lines()
  }
}

class Held implements Hold {
  readonly number: number
  readonly reason: Hold['reason']
  readonly debuggee = debuggee
  readonly report = handlerReport
  readonly since: number = performance.now()
  readonly deadline = undefined
  readonly clientLeft = false
  readonly fatal = false
  readonly counted = 2
  released: Release | undefined
  by = ''
  possible: true | string = true

  constructor(number: number, reason: Hold['reason'] = 'exception') {
    this.number = number
    this.reason = reason
  }
  can(): true | string {
    return this.possible
  }
  release(release: Release, by: string): boolean {
    if (this.released !== undefined) return false
    this.released = release
    this.by = by
    return true
  }
  extend(): void {}
}

interface Table {
  readonly hold: Held
  readonly holds: Queue
  readonly conversation: Conversation
  say(line: string): Promise<Reply>
}

function table(reason?: Hold['reason'], exit: () => void = () => {}): Table {
  const holds = new Queue()
  const hold = new Held(1, reason)
  holds.waiting = [hold, new Held(2)]
  const services = { rcFile: null, exit }
  const conversation = converse({ debuggee, hold, holds, client: 'a test', services })
  return { hold, holds, conversation, say: (line) => conversation.execute(line, view) }
}

describe('lets a request go', () => {
  it.each([
    ['c', { kind: 'continue' }],
    ['continue', { kind: 'continue' }],
    ['retry', { kind: 'retry' }],
    ['pass', { kind: 'pass' }],
    ['throw 1 + 1', { kind: 'throw', error: 2 }],
    ['throw await Promise.resolve($req.id)', { kind: 'throw', error: 7 }],
    ['respond 204', { kind: 'respond', status: 204, headers: [], body: '' }],
    ['respond 503 {"a": [1]}', respond(503, 'application/json', '{"a":[1]}')],
    ['respond 500 [1, 2]', respond(500, 'application/json', '[1,2]')],
    ['respond 404 not here ;)', respond(404, 'text/plain', 'not here ;)')],
    ['respond 200 <b>hi</b>', respond(200, 'text/html', '<b>hi</b>')],
  ])('%s', async (line, release) => {
    const { hold, say } = table()
    const { action, text, error } = await say(line)
    expect(error).toBeUndefined()
    expect(action).toEqual({ kind: 'released' })
    expect(text).toMatch(/^GET \S+ /)
    expect(hold.released).toEqual(release)
    expect(hold.by).toBe('a test')
  })

  function respond(status: number, type: string, body: string): Release {
    return { kind: 'respond', status, headers: [['Content-Type', `${type}; charset=utf-8`]], body }
  }

  it.each(['respond', 'respond 99', 'respond abc', 'respond 200 {', 'throw', 'throw nope', 'throw ('])(
    'not by %s',
    async (line) => {
      const { hold, say } = table()
      const { action, error } = await say(line)
      expect(error).toBeDefined()
      expect(action).toBeUndefined()
      expect(hold.released).toBeUndefined()
    },
  )

  it('unless it cannot be, or somebody else did', async () => {
    const { hold, say } = table()
    hold.possible = 'its head has been sent'
    expect((await say('retry')).error!.message).toBe('This cannot be done here: its head has been sent.')
    hold.possible = true
    hold.release({ kind: 'continue' }, 'another')
    expect((await say('c')).error!.message).toMatch(/It was let go already/)
  })

  it('never by an empty line', async () => {
    const { holds, say } = table()
    await say('quit')
    const { text, action } = await say('')
    expect([text, action, holds.quitBy]).toEqual(['', undefined, undefined])
  })
})

describe('asks first', () => {
  it('quit', async () => {
    const { holds, say } = table()
    const first = await say('q')
    expect(first.text).toMatch(
      /^This lets this and 1 more request go on, and nothing is held until the next start\. "y" or\s+again to\s/,
    )
    expect(first.action).toBeUndefined()
    expect(holds.quitBy).toBeUndefined()
    expect((await say('q')).action).toEqual({ kind: 'released' })
    expect(holds.quitBy).toBe('a test')
  })

  it('and takes y and n for an answer', async () => {
    const { holds, say } = table()
    await say('q')
    expect((await say('n')).text).toBe('Nothing is done.')
    expect(holds.quitBy).toBeUndefined()
    await say('q')
    expect((await say('yes')).action).toEqual({ kind: 'released' })
    expect(holds.quitBy).toBe('a test')
  })

  it('and forgets the question when something else is typed', async () => {
    const { holds, say } = table()
    for (const line of ['q', 'where', 'q', 'nonsense', 'q']) await say(line)
    expect(holds.quitBy).toBeUndefined()
  })

  it('kill; kill! does not', async () => {
    let ended = 0
    const done = new Promise<void>((resolve) => {
      const { say } = table('exception', () => {
        ended++
        resolve()
      })
      void say('kill')
        .then(({ text }) => expect(text).toMatch(/"y" or\s+again to\s+confirm/))
        .then(() => say('where'))
        .then(() => say('kill'))
        .then(() => expect(ended).toBe(0))
        .then(() => say('kill!'))
    })
    await done
    expect(ended).toBe(1)
  })
})

describe('beside other sessions', () => {
  it('lists them and goes to another', async () => {
    const { say } = table()
    expect((await say('ss')).text).toMatch(/^> 1 GET \S+ {2}TypeError.*2 more of it\n {2}2 GET/)
    expect((await say('switch 2')).action).toEqual({ kind: 'switch', hold: 2 })
    expect((await say('switch 1')).error!.message).toBe('It is this one.')
    expect((await say('switch 9')).error!.message).toBe('No session "9". There are 1, 2.')
    expect((await say('switch (1) { default: 5 }')).text).toBe('5')
  })

  it('mutes and unmutes', async () => {
    const { holds, say } = table()
    for (const line of ['mute here', 'mute route', 'mute 5m']) expect((await say(line)).error).toBeUndefined()
    expect((await say('mute')).text).toMatch(
      /^the place [\da-f]+\nthe route GET \S+\neverything, for 300 s more$/,
    )
    expect(holds.mutes.covers(handlerReport)).toBe(true)
    expect((await say('mute wat')).error!.message).toMatch(/"here", "route", "all", or a time/)
    await say('unmute')
    expect((await say('mute')).text).toBe('Nothing is muted.')
    expect(holds.resumed).toBe(1)
    holds.mute({ kind: 'here', fingerprint: 'another' })
    holds.mute({ kind: 'route', method: 'POST', route: '/orders/:id' })
    expect(holds.mutes.covers(handlerReport)).toBe(false)
    holds.mute({ kind: 'all' })
    expect(holds.mutes.covers(handlerReport)).toBe(true)
  })
})

it('refuses to step at a breakpoint with a reason of its own', async () => {
  const { say, conversation } = table('breakpoint')
  expect(conversation.greet(view).text).toMatch(/^breakpoint\(\)\n/)
  expect((await say('next')).text).toMatch(/a breakpoint that holds one request while the server goes on/)
})
