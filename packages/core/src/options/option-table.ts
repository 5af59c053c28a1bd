import { editor } from './editor.ts'
import {
  callback,
  type Checked,
  choice,
  directory,
  duration,
  flag,
  hostNames,
  limits,
  names,
  type OptionKind,
  redact,
  seconds,
  urlPath,
} from './option-kind.ts'
import type { DebugOptions } from './options.ts'

/** A variable of the environment that sets an option, or a part of it. */
export interface OptionVariable {
  readonly name: string
  readonly parse: (text: string) => Checked<unknown>
  /** The property of the option that it sets, when not the whole. */
  readonly part?: 'names' | 'keep'
}

export interface OptionEntry {
  readonly name: keyof DebugOptions
  readonly variables: readonly OptionVariable[]
  /** As TypeScript spells it. */
  readonly type: string
  /** As JavaScript spells it, or in words. */
  readonly default: string
  /** One sentence or two, in Markdown. */
  readonly description: string
  readonly check: (value: unknown) => Checked<unknown>
}

function entry<T>(
  name: keyof DebugOptions,
  variable: string | readonly OptionVariable[],
  kind: OptionKind<T>,
  words: Pick<OptionEntry, 'type' | 'default' | 'description'>,
): OptionEntry {
  const { check, parse } = kind
  const variables =
    typeof variable !== 'string' ? variable : parse === undefined ? [] : [{ name: variable, parse }]
  return { name, variables, check, ...words }
}

/** Every option there is: what it is called, where it is read from, what it may be. The README shows it. */
export const optionTable: readonly OptionEntry[] = [
  entry('enabled', 'THROWPOINT', flag, {
    type: 'boolean',
    default: 'in a development process',
    description:
      '`false` switches everything off; `true` switches it on where `NODE_ENV` is not `development`. `NODE_ENV=production` wins over it.',
  }),
  entry('engine', 'THROWPOINT_ENGINE', choice('auto', 'instrumented', 'stack'), {
    type: "'auto' | 'instrumented' | 'stack'",
    default: "'auto'",
    description:
      'What makes frames: `instrumented` shows variables and needs `node --import throwpoint/register`, `stack` is `error.stack` alone, `auto` the best there is.',
  }),
  entry('page', 'THROWPOINT_PAGE', flag, {
    type: 'boolean',
    default: 'true',
    description: 'Answer unhandled exceptions with the error page, problem details or text.',
  }),
  entry('terminal', 'THROWPOINT_TERMINAL', choice('report', 'session', 'off'), {
    type: "'report' | 'session' | 'off'",
    default: "'report'",
    description:
      'Print a report of each exception to stderr, hold the request and open a prompt in the terminal, or nothing.',
  }),
  entry('hold', 'THROWPOINT_HOLD', duration, {
    type: 'false | string',
    default: "'10m'",
    description:
      'How long a session holds a request before its exception goes on by itself: `90s`, `10m`, `1h`; `false`: until somebody acts.',
  }),
  entry('dump', 'THROWPOINT_DUMP', directory, {
    type: 'boolean | string',
    default: 'false',
    description:
      'Write each report to a file in this directory; `true`: in `$XDG_STATE_HOME/throwpoint/<project>/dumps`.',
  }),
  entry('record', 'THROWPOINT_RECORD', directory, {
    type: 'boolean | string',
    default: 'false',
    description:
      'Write each request with its answer and its exceptions to a file in this directory, for `throwpoint replay`; `true`: in `$XDG_STATE_HOME/throwpoint/<project>/exchanges`.',
  }),
  entry('recordSecrets', 'THROWPOINT_RECORD_SECRETS', flag, {
    type: 'boolean',
    default: 'false',
    description: 'Leave secrets (`authorization`, cookies, tokens) in the files that `record` writes.',
  }),
  entry('break', 'THROWPOINT_BREAK', choice(false, 'boundary'), {
    type: "false | 'boundary'",
    default: 'false',
    description: 'Stop an attached debugger before the framework sees the exception.',
  }),
  entry('breakOnStart', 'THROWPOINT_BREAK_ON_START', flag, {
    type: 'boolean',
    default: 'false',
    description:
      'Open a prompt before the first request is served: it lists the routes and takes `break on route`. Implies a session.',
  }),
  entry('watchdog', 'THROWPOINT_WATCHDOG', seconds, {
    type: 'number | false',
    default: 'false',
    description:
      'Report a request that has not answered after so many seconds, once, with the place where it waits; `SIGUSR2` then prints all requests in flight.',
  }),
  entry('ignore', [], callback, {
    type: '(error, context) => boolean',
    default: 'none',
    description: 'Exceptions that are expected: return `true` and Throwpoint leaves them alone.',
  }),
  entry(
    'redact',
    [
      { name: 'THROWPOINT_REDACT_NAMES', part: 'names', parse: names.parse! },
      { name: 'THROWPOINT_REDACT_KEEP', part: 'keep', parse: names.parse! },
    ],
    redact,
    {
      type: '{ names?: string[], keep?: string[] }',
      default: 'the built-in list',
      description:
        'Names of variables, properties and headers to hide (`names`) or to show (`keep`), beside the built-in list. Variables and option add up.',
    },
  ),
  entry('limits', 'THROWPOINT_LIMITS', limits, {
    type: 'Partial<Limits>',
    default: 'the built-in limits',
    description:
      'How much is read and kept: the table of limits below. As a variable: `THROWPOINT_LIMITS=depth=6,items=200`.',
  }),
  entry('path', 'THROWPOINT_PATH', urlPath, {
    type: 'string',
    default: "'/__throwpoint'",
    description: 'Path under which reports are served.',
  }),
  entry('hosts', 'THROWPOINT_HOSTS', hostNames, {
    type: 'string[]',
    default: '[]',
    description: 'More host names a report page may be shown on, beside loopback names.',
  }),
  entry('editor', 'THROWPOINT_EDITOR', editor, {
    type: 'false | string',
    default: 'the editor of the environment',
    description:
      'Where the places of frames on the page open: `vscode`, `vscode-insiders`, `vscodium`, `cursor`, `windsurf`, `zed`, `webstorm`, `idea`, `phpstorm`, `sublime`, `textmate`, `macvim`, `emacs`, or a URL such as `zed://file/{file}:{line}:{column}`; `false`: no links.',
  }),
  entry('onReport', [], callback, {
    type: '(report) => void',
    default: 'none',
    description: 'Called with each finished report.',
  }),
]

/** The options as a Markdown table, for the README. Few columns: a wide table has to be scrolled. */
export function optionTableMarkdown(): string {
  const rows = optionTable.map(({ name, variables, type, default: standard, description }) => {
    const names = [name, ...variables.map((variable) => variable.name)].map(code)
    return `| ${names.join('<br>')} | ${code(type)}<br>${plainOrCode(standard)} | ${cell(description)} |`
  })
  return [
    '| Option and variable | Type and default | What it does |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

function code(text: string): string {
  return `\`${cell(text)}\``
}

function plainOrCode(text: string): string {
  return /^(?:true|false|'.*'|\[\])$/.test(text) ? code(text) : cell(text)
}
