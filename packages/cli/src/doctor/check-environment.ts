import { optionTable, resolveOptions } from '@throwpoint/core'
import { nearest } from '@throwpoint/core/nearest'
import { cacheUsage } from '@throwpoint/instrument'
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
  'THROWPOINT_RECORD_SECRETS',
  'THROWPOINT_TTY',
  'THROWPOINT_RUN_DIR',
  'THROWPOINT_REQUESTS',
  'THROWPOINT_HOLD',
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
  const { folder, usable, files, bytes } = cacheUsage()
  if (folder === undefined) {
    return note(topic, 'no cache: every start rewrites all modules', 'Unset THROWPOINT_CACHE')
  }
  if (!usable) {
    return problem(topic, `the cache ${folder} is not used`, 'Make it a folder that you alone can write to')
  }
  const size = files === 0 ? 'empty' : `${files} files, ${(bytes / 1e6).toFixed(1)} MB`
  return ok(topic, `cache: ${folder} (${size})`)
}
