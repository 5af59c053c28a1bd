import { writeSync } from 'node:fs'
import path from 'node:path'
import { ownVersion } from '../command/version.ts'
import type { ProgramEnvironment } from './environment.ts'
import type { Runner } from './typescript.ts'

export interface BannerFacts extends ProgramEnvironment {
  readonly isInstrumented: boolean
  readonly runner: Runner | undefined
  /** An option of ours was given. */
  readonly isAsked: boolean
}

/** Says on stderr how the program is run. Only to a person, or when an option asks for something. */
export function printBanner(facts: BannerFacts): void {
  const isRead = process.stderr.isTTY || facts.isAsked || facts.plain !== undefined
  if (isRead) say(bannerLines(facts))
}

/** The lines of the banner. */
export function bannerLines({ environment, plain, off, isInstrumented, runner }: BannerFacts): string[] {
  const name = `throwpoint ${ownVersion()}:`
  if (plain !== undefined) return [`${name} ${plain}, so the program runs as it is`]
  const engine = environment['THROWPOINT_ENGINE'] || 'auto'
  const mode =
    isInstrumented && engine !== 'stack' ? 'instrumented' : 'not instrumented, reports have no variables'
  const by = { node: ', types stripped by Node', tsx: ', run by tsx', given: '' }[runner?.name ?? 'given']
  const lines = [`${name} ${mode}${by}${engine === 'auto' ? '' : `, engine ${engine}`}`]
  if (off !== undefined) return [...lines, `  the middleware is off: ${off}`]
  const breaksOnStart = isOn(environment['THROWPOINT_BREAK_ON_START'])
  if (environment['THROWPOINT_TERMINAL'] === 'session' || breaksOnStart) {
    lines.push(
      '  session: an exception holds its request and opens a prompt here; elsewhere: throwpoint attach',
    )
  } else lines.push('  exceptions are reported here; a prompt in their frames: throwpoint --session')
  if (breaksOnStart) lines.push('  a prompt opens before the first request')
  if (isOn(environment['THROWPOINT_SINGLE_PROCESS'])) {
    lines.push('  single process: node:cluster forks nothing, its worker code runs here; there is no primary')
  }
  const dump = environment['THROWPOINT_DUMP']
  if (dump) {
    lines.push(`  reports are written to ${isOn(dump) ? 'the state folder of the user' : path.resolve(dump)}`)
  }
  const record = environment['THROWPOINT_RECORD']
  if (record) lines.push(`  requests are recorded in ${path.resolve(record)}`)
  return lines
}

function isOn(text: string | undefined): boolean {
  return /^(?:1|true|on|yes)$/i.test(text ?? '')
}

/** Before this process becomes another, everything has to be out. */
function say(lines: readonly string[]): void {
  try {
    writeSync(2, `${lines.join('\n')}\n`)
  } catch {
    // Nobody reads it
  }
}
