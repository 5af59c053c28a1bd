import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { readDump } from '../../packages/core/src/dump/read-dump.ts'
import { commandNames } from '../../packages/core/src/session/command-table.ts'
import { converse } from '../../packages/core/src/session/conversation.ts'
import { dumpDebuggee } from '../../packages/core/src/session/dump-debuggee.ts'
import type { Conversation } from '../../packages/core/src/session/reply.ts'
import { handlerReport, maximalReport, samples } from '../report-samples.ts'

const folder = mkdtempSync(join(tmpdir(), 'session-'))
afterAll(() => rmSync(folder, { recursive: true }))

const plain = { colors: false, columns: 100 }
const about = (report: typeof handlerReport, rcFile: string | null = null): Conversation =>
  converse({ debuggee: dumpDebuggee(report, 'a.json'), client: 'a test', services: { rcFile } })

// oxlint-disable-next-line no-control-regex -- looks for them
const control = /(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u
// oxlint-disable-next-line no-control-regex -- our colours
const colour = /\u001b\[\d{1,2}m/g

describe('any line', () => {
  const names = fc.constantFrom(...commandNames(), 'order', '$err', '$req', '$res', 'this', 'rows', 'error')
  const piece = fc.oneof(
    names,
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom(
      ' ',
      ' ',
      ';;',
      '.',
      '!',
      '!!',
      '(',
      ')',
      '{',
      '`',
      '"',
      '[0]',
      '/x/',
      '-',
      '1',
      '99',
      '%1',
      '=',
      '\n',
      '\u001b[2J',
    ),
  )
  const line = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
  const escapes = /\b(?:save|transcript)\b/

  it.each(Object.entries(samples))(
    'gets a reply without a control character: %s',
    async (_, report) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(line, { minLength: 1, maxLength: 4 }),
          fc.boolean(),
          async (lines, colors) => {
            const conversation = about(report)
            for (const text of lines.filter((one) => !escapes.test(one))) {
              expect(typeof conversation.isComplete(text)).toBe('boolean')
              for (const one of await conversation.complete(text)) expect(typeof one).toBe('string')
              const reply = await conversation.execute(text, { colors, columns: 80 })
              const seen = colors ? reply.text.replaceAll(colour, '') : reply.text
              expect(seen).not.toMatch(control)
              expect(JSON.parse(JSON.stringify(reply.data))).toEqual(reply.data)
              if (reply.error !== undefined) expect(reply.error.code).toMatch(/^TP_|^Error$/)
              expect(conversation.prompt).not.toMatch(control)
            }
          },
        ),
        { numRuns: process.env['THROWPOINT_FULL'] === '1' ? 1000 : 60 },
      )
    },
    300_000,
  )

  it('of another type, or without an end, is answered too', async () => {
    const conversation = about(handlerReport)
    expect((await conversation.execute(undefined as never, plain)).text).toBe('')
    expect((await conversation.execute('x'.repeat(200_000), plain)).error!.code).toBe('TP_BAD_COMMAND')
    expect((await conversation.execute('('.repeat(90_000), plain)).error!.code).toBe('TP_NOT_LIVE')
    expect((await conversation.execute('where', { colors: true, columns: NaN })).text).toContain('priceOf')
  })
})

describe('in a dump', () => {
  it.each([
    ['step', 'TP_NOT_IN_SESSION', /Stepping is not possible here\. The stack has unwound.*node --inspect/],
    ['catch TypeError', 'TP_NOT_IN_SESSION', /await breakpoint\(\)/],
    ['c', 'TP_NO_HOLD', /This is a dump/],
    ['retry', 'TP_NO_HOLD', /This is a dump/],
    ['respond 200', 'TP_NO_HOLD', /This is a dump/],
    ['throw 1', 'TP_NO_HOLD', /This is a dump/],
    ['await 1', 'TP_NOT_LIVE', /this is a dump/],
    ['kill!', 'TP_NOT_LIVE', /this is a dump/],
    ['requests', 'TP_NOT_LIVE', /this is a dump/],
    ['mute here', 'TP_NOT_LIVE', /this is a dump/],
    ['1 + 1', 'TP_NOT_LIVE', /no code runs in it.*order\.rows\[0\]\.price/],
    ['.wehre', 'TP_UNKNOWN_COMMAND', /Did you mean where\?/],
    ['frame 77', 'TP_BAD_COMMAND', /There are the frames 0 to \d+/],
    ['list x', 'TP_BAD_COMMAND', /list 10, 30/],
    ['where /(/', 'TP_BAD_COMMAND', /no regular expression/],
    ['switch 3', 'TP_BAD_COMMAND', /Nothing waits/],
  ])('%s says why not', async (line, code, message) => {
    const { error, text } = await about(handlerReport).execute(line, plain)
    expect(error!.code).toBe(code)
    expect(error!.message).toMatch(message)
    expect(text.replaceAll('\n', ' ')).toBe(error!.message)
  })

  it('quit leaves at once', async () => {
    expect((await about(handlerReport).execute('q', plain)).action).toEqual({ kind: 'released' })
  })

  it('stops at the first of several commands that fails', async () => {
    const { text, error } = await about(handlerReport).execute('where ;; nope ;; where', plain)
    expect(error!.code).toBe('TP_NOT_LIVE')
    expect(text.match(/priceOf/g)).toHaveLength(1)
  })

  it('saves what can be opened again, for its owner alone, and replaces nothing', async () => {
    const file = join(folder, 'saved copy.throwpoint.json')
    const conversation = about(maximalReport)
    expect((await conversation.execute(`save ${file}`, plain)).data).toEqual({ file })
    const { sources: _, ...saved } = readDump(file)
    const { sources: __, ...given } = maximalReport
    expect(saved).toEqual(given)
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
    expect((await conversation.execute(`save ${file}`, plain)).error!.message).toMatch(/is there already/)
  })

  it('writes a transcript, without colours', async () => {
    const file = join(folder, 'transcript.txt')
    writeFileSync(file, 'before\n')
    const conversation = about(handlerReport)
    await conversation.execute(`transcript ${file}`, plain)
    await conversation.execute('up ;; nonsense', { colors: true, columns: 80 })
    await conversation.execute('transcript off', plain)
    await conversation.execute('where', plain)
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(/^before\n\(priceOf#0\) transcript .*\n/)
    expect(text).toMatch(/\(priceOf#0\) up ;; nonsense\n/)
    expect(text).not.toMatch(control)
    expect(text).not.toContain('where')
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('knows aliases, with and without places for words', async () => {
    const conversation = about(handlerReport)
    await conversation.execute('alias twice p %1.name ;; p %2', plain)
    expect((await conversation.execute('alias', plain)).data).toEqual({
      aliases: { twice: 'p %1.name ;; p %2' },
    })
    expect((await conversation.execute('twice $err $err.message', plain)).text).toMatch(
      /^'TypeError'\n"Cannot read/,
    )
    await conversation.execute('alias e p', plain)
    expect((await conversation.execute('e $err.name', plain)).text).toBe("'TypeError'")
    await conversation.execute('alias a b', plain)
    await conversation.execute('alias b a', plain)
    expect((await conversation.execute('a', plain)).error!.message).toMatch(/refer to each other/)
    expect((await conversation.execute('unalias a', plain)).error).toBeUndefined()
    expect((await conversation.execute('alias 1 b', plain)).error!.code).toBe('TP_BAD_COMMAND')
  })

  it('an empty line repeats list, up and down, and nothing else', async () => {
    const conversation = about(handlerReport)
    const { text } = await conversation.execute('list 8, 9', plain)
    expect(text).toContain('priceOf(order)')
    expect((await conversation.execute('', plain)).text).toContain('return sum')
    await conversation.execute('p $err.name', plain)
    expect((await conversation.execute('', plain)).text).toBe('')
  })
})

describe('the rc file', () => {
  const rc = join(folder, 'rc')
  const write = (text: string, mode = 0o600): void => {
    writeFileSync(rc, text)
    chmodSync(rc, mode)
  }

  it('runs before the first line, and says what is wrong in it', async () => {
    write('# mine\nalias n p $err.name\n\nnonsense here\nquit\nkill!\n')
    const conversation = about(handlerReport, rc)
    const { text, action, error } = await conversation.execute('n', plain)
    expect(text.split('\n')).toEqual([
      expect.stringMatching(/rc: nonsense here: /),
      expect.stringMatching(/rc: quit is only done when somebody types it/),
      expect.stringMatching(/rc: kill is only done when somebody types it/),
      "'TypeError'",
    ])
    expect([action, error]).toEqual([undefined, undefined])
    expect((await conversation.execute('n', plain)).text).toBe("'TypeError'")
  })

  it.skipIf(process.platform === 'win32')('is not read when others may write it', async () => {
    write('alias n p 1', 0o666)
    const { text } = await about(handlerReport, rc).execute('alias', plain)
    expect(text).toMatch(/rc: others may write it \(chmod go-w\)\nThere are none\.$/)
  })

  it('may be missing', async () => {
    expect((await about(handlerReport, join(folder, 'none')).execute('alias', plain)).text).toBe(
      'There are none.',
    )
  })
})
