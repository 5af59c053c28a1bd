import { parseArguments } from './command/arguments.ts'
import { commandNamed } from './command/table.ts'
import { UsageError } from './command/usage-error.ts'
import {
  compareAnswers,
  readExchange,
  renderComparison,
  sendExchange,
  type HeaderPairs,
  type RecordedExchange,
} from '@throwpoint/core/recording'

/**
 * `throwpoint replay FILE`: sends a recorded request again and shows what is different in the answer.
 *
 * @returns the exit code: 0 when the answers are the same, 1 when they differ, 2 when it could not be sent
 * @throws UsageError
 */
export async function replay(args: string[]): Promise<number> {
  const command = commandNamed('replay')!
  const { options, operands } = parseArguments(command, args)
  const [file, more] = operands
  if (file === undefined) throw new UsageError('replay needs the file of a recorded request', 'replay')
  if (more !== undefined) throw new UsageError(`replay takes one file, and ${more} is a second one`, 'replay')
  const url = urlOf(options.get('url')?.[0])
  const headers = (options.get('header') ?? []).map(headerOf)
  const timeoutMs = secondsOf(options.get('timeout')?.[0]) * 1000
  const json = options.has('json')
  try {
    const recorded = readExchange(file)
    const sent = await sendExchange(recorded, { url, headers, timeoutMs, force: options.has('force') })
    const comparison = compareAnswers(recorded, sent.answer)
    process.stdout.write(
      json
        ? `${JSON.stringify({ request: line(recorded), url: sent.url, leftOut: sent.leftOut, ...comparison }, null, 2)}\n`
        : renderComparison(recorded, sent, comparison, { colors: process.stdout.hasColors?.() === true }),
    )
    return comparison.same ? 0 : 1
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string }
    if (!String(code).startsWith('TP_')) throw error
    if (json) process.stdout.write(`${JSON.stringify({ error: { code, message } }, null, 2)}\n`)
    else process.stderr.write(`throwpoint: ${message}\n`)
    return 2
  }
}

function line({ request: { method, url } }: RecordedExchange): { method: string; url: string } {
  return { method, url }
}

function urlOf(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined
  // `localhost:3000` is a URL too, of the scheme "localhost:".
  const whole = /^https?:\/\//i.test(text) ? text : `http://${text}`
  try {
    return new URL(whole)
  } catch {
    throw new UsageError(`--url takes an address such as http://localhost:3000, not ${text}`, 'replay')
  }
}

function headerOf(text: string): HeaderPairs[number] {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*([^\r\n\0]*)$/.exec(text) ?? []
  if (name === undefined || value === undefined) {
    throw new UsageError(`--header takes 'name: value', not ${JSON.stringify(text)}`, 'replay')
  }
  return [name, value]
}

function secondsOf(text: string = '30'): number {
  const seconds = Number(text)
  if (!(seconds > 0 && seconds <= 86_400)) {
    throw new UsageError(`--timeout takes a number of seconds, not ${text}`, 'replay')
  }
  return seconds
}
