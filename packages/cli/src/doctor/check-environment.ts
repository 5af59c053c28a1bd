import { readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { optionTable, resolveOptions } from '@throwpoint/core'
import { nearest } from '@throwpoint/core/nearest'
import { type Finding, note, ok, problem } from './finding.ts'

const topic = 'environment'

/** Variables that are no options of the middleware. */
const others = [
  'THROWPOINT_INCLUDE',
  'THROWPOINT_EXCLUDE',
  'THROWPOINT_CACHE',
  'THROWPOINT_SINGLE_PROCESS',
  'THROWPOINT_BREAK_ON_START',
  'THROWPOINT_RECORD',
  'THROWPOINT_WATCHDOG',
]

/** Variables of ours, and the cache of rewritten modules. */
export function checkEnvironment(): Finding[] {
  const known = [...optionTable.flatMap(({ variables }) => variables.map(({ name }) => name)), ...others]
  const findings: Finding[] = []
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^THROWPOINT/i.test(name)) continue
    if (known.includes(name)) {
      findings.push(ok(topic, `${name}=${value}`))
      continue
    }
    const near = nearest(
      name.replace(/^THROWPOINT_?/i, ''),
      known.map((one) => one.replace(/^THROWPOINT_?/, '')),
    )
    const guess =
      near === undefined ? `Unset ${name}` : `Did you mean THROWPOINT${near === '' ? '' : `_${near}`}?`
    findings.push(problem(topic, `${name} is not known`, guess))
  }
  for (const warning of warnings()) findings.push(problem(topic, warning, 'Correct it, or unset it'))
  return [...findings, cache()]
}

/** What the middleware would say about the values. */
function warnings(): readonly string[] {
  return resolveOptions({}).warnings.filter((text) => !text.includes('is not known'))
}

function cache(): Finding {
  const named = process.env['THROWPOINT_CACHE']
  if (named === '0')
    return note(topic, 'no cache: every start rewrites all modules', 'Unset THROWPOINT_CACHE')
  const isPath = named !== undefined && named !== '' && named !== '1'
  const base = process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache')
  const folder = isPath ? path.resolve(named) : path.join(base, 'throwpoint', 'instrument')
  const { files, bytes } = sizeOf(folder)
  const size = files === 0 ? 'empty' : `${files} files, ${(bytes / 1e6).toFixed(1)} MB`
  return ok(topic, `cache: ${folder} (${size})`)
}

function sizeOf(folder: string): { files: number; bytes: number } {
  const total = { files: 0, bytes: 0 }
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      total.files++
      total.bytes += statSync(path.join(entry.parentPath, entry.name)).size
    }
  } catch {
    // There is none yet, or another process has just removed a file
  }
  return total
}
