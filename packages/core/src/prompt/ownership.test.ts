import { describe, expect, it } from 'vitest'
import type { Ancestor } from './competing-reader.ts'
import { decide, type TerminalFacts } from './ownership.ts'

const inFront = { own: 100, foreground: 100 }
const facts = (given: Partial<TerminalFacts> = {}): TerminalFacts => ({
  override: undefined,
  namesOurs: false,
  platform: 'linux',
  mainThread: true,
  stdinTty: true,
  groups: inFront,
  ancestors: [],
  siblings: [],
  deaf: undefined,
  applicationReads: false,
  ...given,
})
const below = (command: string, stdinTty: boolean | undefined = true): Ancestor => ({
  argv: command.split(' '),
  stdinTty,
})
const node = (script: string): string => `node /p/node_modules/.bin/${script}`
const shell = below('sh -c node app.js')

/** What is left of a decision in a table. */
function outcome(given: TerminalFacts): string {
  const ownership = decide(given)
  return ownership.ours ? ownership.device : ownership.refusal
}

describe('decide: each launcher as it was measured', () => {
  it.each<[string, string, Partial<TerminalFacts>]>([
    ['node', '/dev/tty', { ancestors: [below('-bash')] }],
    ['npm run', '/dev/tty', { ancestors: [shell, below('npm run dev')] }],
    ['tsx', '/dev/tty', { ancestors: [below(node('tsx app.ts'))] }],
    ['node --watch', '/dev/tty', { ancestors: [below('node --watch app.js')] }],
    ['cross-env', '/dev/tty', { ancestors: [below(node('cross-env A=1 node app.js'))] }],
    ['node-dev', '/dev/tty', { ancestors: [below(node('node-dev app.js'))] }],
    ['nodemon', 'competing-reader', { stdinTty: false, ancestors: [shell, below(node('nodemon app.js'))] }],
    ['nodemon -I', '/dev/tty', { ancestors: [shell, below(node('nodemon -I app.js'))] }],
    ['tsx watch', 'competing-reader', { ancestors: [below(node('tsx watch app.ts'))] }],
    ['tsx --flag watch', 'competing-reader', { ancestors: [below(node('tsx --no-cache watch app.ts'))] }],
    [
      'npm run, then tsx watch',
      'competing-reader',
      {
        ancestors: [below('node /p/node_modules/tsx/dist/cli.mjs watch app.ts'), shell, below('npm run dev')],
      },
    ],
    [
      'tsx watch </dev/null',
      '/dev/tty',
      { stdinTty: false, ancestors: [below(node('tsx watch app.ts'), false)] },
    ],
    ['concurrently', '/dev/tty', { stdinTty: false, ancestors: [shell, below(node('concurrently a b'))] }],
    [
      'concurrently --raw',
      '/dev/tty',
      { stdinTty: false, ancestors: [shell, below(node('concurrently --raw a b'))] },
    ],
    [
      'concurrently -i',
      'competing-reader',
      { stdinTty: false, ancestors: [shell, below(node('concurrently -i a'))] },
    ],
    [
      'concurrently -ki',
      'competing-reader',
      { stdinTty: false, ancestors: [below(node('concurrently -ki a'))] },
    ],
    [
      'concurrently "tsx watch"',
      '/dev/tty',
      {
        stdinTty: false,
        ancestors: [below(node('tsx watch app.ts'), false), shell, below(node('concurrently tsx'))],
      },
    ],
    ['turbo', 'background', { stdinTty: false, groups: { own: 100, foreground: 90 } }],
    ['turbo with a terminal for each task', 'no-keys', { deaf: 'turbo' }],
    ['pm2-runtime', 'no-terminal', { stdinTty: false, groups: undefined }],
    ['setsid', 'no-terminal', { stdinTty: true, groups: undefined }],
    ['</dev/null in a terminal', '/dev/tty', { stdinTty: false }],
    ['</dev/null without a terminal', 'no-terminal', { stdinTty: false, groups: undefined }],
    ['a job in the background', 'background', { groups: { own: 100, foreground: 90 } }],
    ['a worker thread', 'worker-thread', { stdinTty: false, mainThread: false }],
    ['node app | less', 'competing-reader', { siblings: ['less'] }],
    ['an application that reads keys', 'application-reads', { applicationReads: true }],
    ['Windows', 'CONIN$', { platform: 'win32', groups: undefined }],
    ['Windows, stdin piped', 'no-terminal', { platform: 'win32', groups: undefined, stdinTty: false }],
  ])('%s: %s', (_launcher, expected, given) => {
    expect(outcome(facts(given))).toBe(expected)
  })
})

describe('decide: THROWPOINT_TTY', () => {
  const watched = [below(node('tsx watch app.ts'))]
  it.each<[string, string, Partial<TerminalFacts>]>([
    ['off', 'off', {}],
    ['stdin', 'stdin', { ancestors: watched }],
    ['stdin', 'stdin', { groups: undefined }],
    ['stdin', 'no-terminal', { stdinTty: false }],
    // Even when asked to: it would stop the server.
    ['stdin', 'background', { groups: { own: 100, foreground: 90 } }],
    ['/dev/pts/9', '/dev/pts/9', { ancestors: watched, groups: { own: 100, foreground: 90 } }],
    ['/dev/pts/1', 'background', { namesOurs: true, groups: { own: 100, foreground: 90 } }],
    ['/dev/pts/1', '/dev/tty', { namesOurs: true, ancestors: watched }],
    ['/dev/pts/9', 'worker-thread', { mainThread: false }],
    ['', '/dev/tty', {}],
  ])('%s: %s', (override, expected, given) => {
    expect(outcome(facts({ ...given, override }))).toBe(expected)
  })

  it('knows which refusals may pass', () => {
    const passing = (given: Partial<TerminalFacts>): unknown => {
      const ownership = decide(facts(given))
      return !ownership.ours && ownership.passing
    }
    expect(passing({ groups: { own: 1, foreground: 2 } })).toBe(true)
    expect(passing({ applicationReads: true })).toBe(true)
    expect(passing({ ancestors: watched })).toBe(false)
    expect(passing({ groups: undefined })).toBe(false)
  })

  it('names the other reader', () => {
    expect(decide(facts({ ancestors: watched }))).toMatchObject({ reason: 'tsx watch reads this terminal' })
  })
})
