// Everything that has to be right, one line each, with a count at the end. Works on a fresh clone.
//   npm test              the fast set on the Node that runs it
//   npm test -- --smoke   and one request of each framework and boundary on the other Node versions
//   npm run test:full     slow suites too, and the whole matrix on every Node version
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { duration, root, run, runTool } from './command.js'
import { build, checkNode, install } from './setup.js'

const full = process.argv.includes('--full')
const smoke = process.argv.includes('--smoke')
const results = mkdtempSync(join(tmpdir(), 'throwpoint-test-'))
/** The tarballs of the packages. */
const packed = join(results, 'packed')
const count = { passed: 0, failed: 0, skipped: 0 }
const failures = []

/** Runs one step. */
async function step(name, action) {
  console.log(`\n▶ ${name}`)
  return tell(name, await timed(action))
}

/** Runs steps side by side, and tells of them when all have ended. */
async function steps(actions) {
  console.log(`\n▶ ${Object.keys(actions).join(', ')}`)
  const outcomes = Object.entries(actions).map(async ([name, action]) => [name, await timed(action)])
  for (const [name, outcome] of await Promise.all(outcomes)) tell(name, outcome)
}

async function timed(action) {
  const start = performance.now()
  const outcome = await action()
  return { note: duration(performance.now() - start), ...outcome }
}

/** Counts a step; what it printed is shown when it has failed. */
function tell(name, { ok, reason, output, note, tests }) {
  if (!ok && output !== '') console.log(output.trimEnd())
  if (tests === undefined) count[ok ? 'passed' : 'failed'] += 1
  else for (const kind of Object.keys(count)) count[kind] += tests[kind]
  if (!ok) failures.push(`${name}: ${reason}`)
  console.log(`${ok ? '✓' : '✗'} ${name}${ok ? '' : ` failed: ${reason}`} (${note})`)
  return ok
}

/** Vitest with its own report as it goes; counted by what it writes to a file. */
async function vitest(name, args = [], env = {}) {
  const file = join(results, `${name.replace(/\W+/g, '-')}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  // Most tests wait for a program they have started: about half of a core for each worker.
  const workers = `--maxWorkers=${Math.max(4, availableParallelism())}`
  const result = await runTool('vitest/vitest.mjs', ['run', ...args, workers, ...reporters], {
    env: { PACKED_PACKAGES: packed, ...(full ? { THROWPOINT_FULL: '1' } : {}), ...env },
    show: true,
    limitMinutes: full ? 120 : 40,
  })
  return { ...result, tests: testsIn(file, result.ok) }
}

function testsIn(file, ok) {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 }
  const report = JSON.parse(readFileSync(file, 'utf8'))
  // A file that does not load has no tests that could fail.
  const broken = report.testResults.filter(({ status, assertionResults }) => {
    return status === 'failed' && !assertionResults.some((result) => result.status === 'failed')
  })
  const failed = report.numFailedTests + broken.length
  return {
    passed: report.numPassedTests,
    // An error outside of every test (an unhandled rejection) fails the run as well.
    failed: ok ? failed : Math.max(1, failed),
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** The same tests with the applications under test run by other Nodes: a full run has one after the other. */
async function otherNodes() {
  const majors = [22, 24, 26].filter((major) => {
    if (existsSync(join(root, `node_modules/node${major}/bin/node`))) return true
    console.log(`\n- Node ${major}: skipped, its binary comes for Linux on x64 alone`)
    count.skipped += 1
    return false
  })
  const runs = full ? majors.map((major) => [major]) : [majors]
  for (const run of runs.filter((some) => some.length > 0)) {
    const name = `${full ? 'matrix' : 'smoke'} on Node ${run.join(', ')}`
    const env = { THROWPOINT_NODES: run.join(), ...(full ? {} : { THROWPOINT_SMOKE: '1' }) }
    await step(name, () => vitest(name, ['test/matrix', 'test/entries'], env))
  }
}

async function everything() {
  console.log(`Node ${process.version}, ${process.platform} ${process.arch}`)
  checkNode()
  if (!(await step('install', install))) return
  if (!(await step('build', build))) return
  await steps({
    types: () => runTool('typescript/bin/tsc', ['-b']),
    'types of the tests': () => runTool('typescript/bin/tsc', ['-p', 'test']),
    lint: () => runTool('oxlint/bin/oxlint', ['--type-aware', '--deny-warnings']),
    format: () => runTool('oxfmt/bin/oxfmt', ['--check', '.']),
    'import direction': () => run(process.execPath, ['scripts/import-direction.js']),
  })
  // The tests of what is published have the same tarballs.
  const packing = await step('pack', () => run(process.execPath, ['scripts/pack.js', packed]))
  if (!packing) return
  await steps({
    tests: () => vitest('tests'),
    'packages (publint, are the types wrong)': () => {
      return run(process.execPath, ['scripts/check-packages.js', packed], { limitMinutes: 20 })
    },
  })
  if (full || smoke) await otherNodes()
}

const start = performance.now()
try {
  await everything()
} catch (error) {
  failures.push(error instanceof Error ? error.message : String(error))
  count.failed += 1
} finally {
  rmSync(results, { recursive: true, force: true })
}
console.log(`\n${duration(performance.now() - start)}`)
for (const failure of failures) console.log(`✗ ${failure}`)
if (count.failed > 0 || failures.length > 0) process.exitCode = 1
console.log(
  `${count.passed} passed, ${count.failed} failed${count.skipped > 0 ? `, ${count.skipped} skipped` : ''}`,
)
