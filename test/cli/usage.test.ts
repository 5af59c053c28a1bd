import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { nearest } from '../../packages/core/src/options/nearest.ts'
import { parseArguments } from '../../packages/cli/src/command/arguments.ts'
import { completionScript } from '../../packages/cli/src/command/completion.ts'
import { commandTableMarkdown, helpText, spelling } from '../../packages/cli/src/command/help.ts'
import { commandNamed, commandTable, runCommand } from '../../packages/cli/src/command/table.ts'
import { UsageError } from '../../packages/cli/src/command/usage-error.ts'
import { dispatch } from '../../packages/cli/src/main.ts'
import { program, throwpoint } from './command.ts'

const folder = program({ 'app.js': '', 'sub/other.js': '' })
const app = path.join(folder, 'app.js')

describe('what is typed', () => {
  it.concurrent.each([
    [
      ['--sesion', 'app.js'],
      /--sesion is not known by Throwpoint or by this version of Node; did you mean --session\?/,
    ],
    [['--inpsect', 'app.js'], /did you mean --inspect\?/],
    [['--xyzzy', 'app.js'], /--xyzzy is not known by Throwpoint or by this version of Node$/],
    [
      ['--engine', 'instrumentd', 'app.js'],
      /takes auto, instrumented or stack, not instrumentd\. Did you mean instrumented\?/,
    ],
    [['--record'], /--record needs a value: --record DIR/],
    [['--session=yes', 'app.js'], /--session takes no value/],
    [['-e', '1'], /-e runs no script; give it to node instead/],
    [['--session'], /There is no script to run/],
    [['inspect', 'app.js'], /use: throwpoint --inspect-brk script/],
    [
      ['--dump', folder, app],
      /is no program\. The value of --dump stands behind an equals sign: --dump=\S+ \S+app\.js$/,
    ],
    [['--dump', '--session', 'dumps', app], /dumps is no program\..* --dump=dumps \S+app\.js/],
    [['--dump', 'dumps'], /--dump=dumps script$/],
    [['serve', '--dump', folder, app], /--dump=\S+ \S+app\.js$/],
    [['serve', 'app.js', '--prot', '1'], /did you mean --port\?/],
    [['serve', '--port', '70000', 'app.js'], /--port takes a number from 0 to 65535, not 70000/],
    [['serve', path.join(folder, 'ap.js')], /There is no module .*ap\.js in .*Did you mean .*app\.js\?/],
    [['--port', '1', 'app.js'], /^--port is an option of throwpoint serve$/],
    [['doctor', '--session'], /^--session is an option of throwpoint script$/],
    [['doctor', 'nowhere'], /There is no nowhere in/],
    [['completion', 'bsh'], /bash, zsh or fish, not bsh; did you mean bash\?/],
    [['help', 'serv'], /There is no command serv; did you mean serve\?/],
  ] as const)('%j is refused, and what is wrong is said', async (args, message) => {
    const outcome = (async () => dispatch(args))()
    await expect(outcome).rejects.toThrow(message)
    await expect(outcome).rejects.toBeInstanceOf(UsageError)
  })

  it('a refusal ends with 2', async () => {
    expect(await throwpoint(['serve', '--prot', '1', 'app.js'])).toMatchObject({
      code: 2,
      out: '',
      err: 'throwpoint: The option --prot is not known by Throwpoint or by this version of Node; did you mean --port?\nSee: throwpoint serve --help\n',
    })
  })

  it('help and version', async () => {
    const run = (...args: string[]): ReturnType<typeof throwpoint> => throwpoint(args, { cwd: folder })
    expect(await run()).toMatchObject({ code: 2, out: '', err: helpText() })
    expect(await run('--help')).toMatchObject({ code: 0, out: helpText(), err: '' })
    expect(await run('serve', '-h')).toMatchObject({ code: 0, out: helpText(commandNamed('serve')) })
    expect((await run('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('V8 options of this Node are taken, and values of Node options do not become the script', () => {
    const parsed = parseArguments(
      runCommand,
      ['--expose-gc', '-r', './a.js', '--import=b', '--engine=stack', 'app.js', '--session', '-r'],
      true,
    )
    expect(parsed.nodeOptions).toEqual(['--expose-gc', '-r', './a.js', '--import=b'])
    expect(parsed.operands).toEqual(['app.js', '--session', '-r'])
    expect([...parsed.options]).toEqual([['engine', ['stack']]])
  })
})

describe('the table', () => {
  it('names every command and option in its help and in the README table', () => {
    for (const command of commandTable) {
      const text = helpText(command)
      for (const option of command.options) {
        expect(text).toContain(spelling(option))
        expect(commandTableMarkdown()).toContain(`--${option.name}`)
      }
    }
    for (const line of helpText().split('\n')) expect(line.length).toBeLessThan(132)
  })

  it('has names that are not mistaken for each other', () => {
    const names = commandTable.slice(1).map(({ name }) => name)
    for (const name of names) expect(nearest(name, names)).toBe(name)
  })
})

describe('completion for bash', () => {
  const script = completionScript('bash')

  it.each([
    ['--ses', ['--session']],
    ['ser', ['serve']],
    ['--engine ', ['auto', 'instrumented', 'stack']],
    ['--engine auto ap', ['app.js']],
    ['serve --po', ['--port']],
    ['serve ', ['app.js', 'node_modules', 'sub']],
    ['completion ', ['bash', 'fish', 'zsh']],
    ['attach ', []],
    ['--record s', ['sub']],
  ])('throwpoint %s', (line, expected) => {
    const words = ['throwpoint', ...line.split(' ')].map((word) => `'${word}'`)
    const test = [
      script,
      // Only a shell that completes has it
      'compopt() { :; }',
      `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}`,
      '_throwpoint; printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n')
    const text = execFileSync('bash', ['-c', test], { cwd: folder, encoding: 'utf8' })
    expect(text.split('\n').filter(Boolean).toSorted()).toEqual(expected)
  })
})
