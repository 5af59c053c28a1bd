import { spawnSync } from 'node:child_process'

/** Options of Node that take the next argument when no `=` follows; all others stand alone. */
const takesNext = new Set(
  (
    'r require import loader experimental-loader C conditions env-file env-file-if-exists title input-type ' +
    'inspect-port debug-port inspect-publish-uid disable-warning redirect-warnings diagnostic-dir disable-proto ' +
    'unhandled-rejections dns-result-order network-family-autoselection-attempt-timeout icu-data-dir openssl-config ' +
    'tls-cipher-list tls-keylog use-largepages v8-pool-size secure-heap secure-heap-min max-http-header-size ' +
    'max-old-space-size-percentage localstorage-file trace-event-categories trace-event-file-pattern ' +
    'trace-require-module report-dir report-directory report-filename report-signal heapsnapshot-near-heap-limit ' +
    'heapsnapshot-signal cpu-prof-dir cpu-prof-interval cpu-prof-name heap-prof-dir heap-prof-interval ' +
    'heap-prof-name watch-path watch-kill-signal allow-fs-read allow-fs-write allow-fs-vfs snapshot-blob ' +
    'experimental-config-file experimental-default-type experimental-package-map experimental-policy ' +
    'policy-integrity es-module-specifier-resolution security-revert vfs-load vfs-mount'
  ).split(' '),
)

/** With these Node runs no script, or another than the one we would prepare. */
const runsNoScript = new Map([
  ['--eval', '-e'],
  ['--print', '-p'],
  ['--check', '-c'],
  ['--interactive', '-i'],
  ...[
    '--test',
    '--run',
    '--bench',
    '--prof-process',
    '--v8-options',
    '--completion-bash',
    '--build-snapshot',
    '--build-snapshot-config',
    '--build-sea',
    '--experimental-sea-config',
  ].map((name) => [name, ''] as const),
])

/** Options that Node takes on the command line alone. */
const commandLineOnly = new Set([
  '--env-file',
  '--env-file-if-exists',
  '--experimental-config-file',
  '--experimental-default-config-file',
  '--prof',
])

export type NodeOption = 'alone' | 'takes next' | 'runs no script' | 'unknown'

/** What this version of Node makes of an option; `name` is what stands before any `=`, dashes included. */
export function nodeOption(name: string, hasValue: boolean): NodeOption {
  for (const [long, short] of runsNoScript) if (name === long || name === short) return 'runs no script'
  const bare = name.replace(/^--?/, '').replaceAll('_', '-')
  if (takesNext.has(bare) && isKnown(name)) return hasValue ? 'alone' : 'takes next'
  return isKnown(name) ? 'alone' : 'unknown'
}

/** Names to guess a mistyped option from. */
export function nodeOptionNames(): readonly string[] {
  return [...process.allowedNodeEnvironmentFlags, ...commandLineOnly]
}

function isKnown(name: string): boolean {
  if (name === '-r' || name === '-C') return true
  if (process.allowedNodeEnvironmentFlags.has(name) || commandLineOnly.has(name)) return true
  return name.startsWith('--') && flagsOfV8().has(plain(name))
}

let flags: Set<string> | undefined

/** Hundreds, and they change: this Node is asked, once somebody uses one that is not among those it knows itself. */
function flagsOfV8(): Set<string> {
  if (flags === undefined) {
    const { stdout } = spawnSync(process.execPath, ['--v8-options'], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
      timeout: 10_000,
    })
    flags = new Set((stdout ?? '').match(/--[a-z][\w-]*/g)?.map(plain))
  }
  return flags
}

function plain(name: string): string {
  return name.replaceAll('_', '-').replace(/^--no-?/, '--')
}
