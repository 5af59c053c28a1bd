/** A process above ours. */
export interface Ancestor {
  readonly argv: readonly string[]
  /** Whether its descriptor 0 is a terminal; undefined where that cannot be told. */
  readonly stdinTty: boolean | undefined
}

interface Reader {
  /** The program's name, or its path inside its package. */
  readonly program: RegExp
  readonly reads: (args: readonly string[], child: { readonly stdinTty: boolean }) => boolean
  /** How people call it. */
  readonly name: string
}

const always = (): boolean => true
const has =
  (...flags: string[]) =>
  (args: readonly string[]): boolean =>
    args.some((arg) => flags.includes(arg))
/** They hand their own stdin on unless they read it themselves: what we have tells what they do. */
const keepsIt = (_args: readonly string[], child: { readonly stdinTty: boolean }): boolean => !child.stdinTty

/** Programs that start servers and read the terminal while the server runs. */
const readers: readonly Reader[] = [
  // Any key, Enter above all, runs the program anew.
  { name: 'tsx watch', program: script('tsx', 'dist/cli.mjs'), reads: (args) => firstWord(args) === 'watch' },
  // `rs` restarts; with -I (--no-stdin) the child has the terminal.
  { name: 'nodemon', program: script('nodemon', 'bin/nodemon.js'), reads: keepsIt },
  {
    name: 'concurrently --handle-input',
    program: script('concurrently', 'dist/bin/concurrently.js'),
    reads: (args) => own(args).some((arg) => /^-[a-z]*i[a-z]*$/.test(arg) || arg === '--handle-input'),
  },
  { name: 'ts-node-dev --rs', program: script('ts-node-dev', 'lib/bin.js'), reads: has('--rs') },
  { name: 'tsnd --rs', program: script('tsnd'), reads: has('--rs') },
  { name: 'supervisor', program: script('supervisor', 'lib/cli-wrapper.js'), reads: keepsIt },
  { name: 'vite', program: script('vite', 'bin/vite.js'), reads: always },
  { name: 'vitest', program: script('vitest', 'vitest.mjs'), reads: always },
  { name: 'jest --watch', program: script('jest', 'bin/jest.js'), reads: has('--watch', '--watchAll') },
  { name: 'wrangler dev', program: script('wrangler', 'bin/wrangler.js'), reads: always },
  { name: 'entr', program: /^entr$/, reads: (args) => !args.some((arg) => /^-[a-z]*n/.test(arg)) },
]

/** Programs at the end of a pipeline that read keys from the terminal. */
export const pagers: ReadonlySet<string> = new Set([
  'less',
  'more',
  'most',
  'lnav',
  'fzf',
  'vim',
  'nvim',
  'vi',
  'view',
  'nano',
  'pspg',
  'moar',
  'ov',
])

/** @returns the name of the ancestor that reads the terminal too, if one is known to */
export function competingReader(
  ancestors: readonly Ancestor[],
  child: { readonly stdinTty: boolean },
): string | undefined {
  for (const { argv, stdinTty } of ancestors) {
    // What has no terminal as its stdin reads no keys: `tsx watch` below `concurrently`.
    if (stdinTty === false) continue
    const { program, args } = programOf(argv)
    const reader = readers.find((one) => one.program.test(program) && one.reads(args, child))
    if (reader !== undefined) return reader.name
  }
  return undefined
}

function script(name: string, inPackage?: string): RegExp {
  const escaped = (text: string): string => text.replace(/[.]/g, '\\.')
  const bin = `${escaped(name)}(?:\\.[cm]?js|\\.cmd)?`
  const path = inPackage === undefined ? bin : `(?:${bin}|${escaped(name)}/${escaped(inPackage)})`
  return new RegExp(`(?:^|/)${path}$`)
}

/** `node --flag /project/node_modules/.bin/tsx watch app.ts`: the program is tsx. */
function programOf(argv: readonly string[]): { program: string; args: readonly string[] } {
  const first = slashed(argv[0] ?? '')
  if (!/(?:^|\/)(?:node|nodejs|bun|deno)(?:\.exe)?$/.test(first))
    return { program: first.replace(/^-/, ''), args: argv.slice(1) }
  const at = argv.findIndex(
    (arg, index) => index > 0 && !arg.startsWith('-') && !takesValue(argv[index - 1]!),
  )
  return at === -1 ? { program: '', args: [] } : { program: slashed(argv[at]!), args: argv.slice(at + 1) }
}

function takesValue(flag: string): boolean {
  return /^(?:-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--env-file)$/.test(flag)
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/')
}

function firstWord(args: readonly string[]): string | undefined {
  return args.find((arg) => !arg.startsWith('-'))
}

/** Before `--` only; a command to run is one argument with spaces in it. */
function own(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--')
  return end === -1 ? args : args.slice(0, end)
}
