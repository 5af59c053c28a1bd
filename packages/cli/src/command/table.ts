/** One option of a command, as help, completion and the parser see it. */
export interface OptionEntry {
  /** Without the dashes. */
  readonly name: string
  readonly short?: string
  /** What stands for the value in help; without it the option is a switch. */
  readonly value?:
    | 'DIR'
    | 'FILE'
    | 'GLOB'
    | 'HOST'
    | 'PORT'
    | 'NAME'
    | 'COMMANDS'
    | 'URL'
    | 'HEADER'
    | 'SECONDS'
  /** The value may be left out; then it can only be given as `--name=VALUE`. */
  readonly optional?: boolean
  /** It may be given several times. */
  readonly many?: boolean
  readonly choices?: readonly string[]
  readonly description: string
}

export interface CommandEntry {
  /** Empty for the command that runs a script. */
  readonly name: string
  readonly operands: string
  readonly summary: string
  /** More for its own help. */
  readonly details?: string
  readonly options: readonly OptionEntry[]
  /** Options of Node are taken too. */
  readonly takesNodeOptions?: boolean
  /** What its operands are, for completion. */
  readonly completes: 'files' | 'nothing' | readonly string[]
  readonly examples: readonly string[]
}

export const help: OptionEntry = { name: 'help', short: 'h', description: 'Show this help' }

export const version: OptionEntry = { name: 'version', short: 'v', description: 'Print the version' }

/** How a program is run; each becomes an environment variable of the program. */
const programOptions: readonly OptionEntry[] = [
  {
    name: 'session',
    description: 'Hold the failing request and open a prompt in its frames (THROWPOINT_TERMINAL=session)',
  },
  {
    name: 'break-on-start',
    description: 'Open a prompt before the first request (THROWPOINT_BREAK_ON_START=1)',
  },
  {
    name: 'single-process',
    description:
      'A program that uses node:cluster runs its worker code in this one process (THROWPOINT_SINGLE_PROCESS=1)',
  },
  {
    name: 'dump',
    value: 'DIR',
    optional: true,
    description:
      'Write each report to a file, in the folder behind the equals sign; without one, in the state folder of the user (THROWPOINT_DUMP)',
  },
  {
    name: 'record',
    value: 'DIR',
    description: 'Write each request with its body, response and exceptions to DIR (THROWPOINT_RECORD)',
  },
  {
    name: 'engine',
    value: 'NAME',
    choices: ['auto', 'instrumented', 'stack'],
    description: 'Where variables come from: auto, instrumented or stack (THROWPOINT_ENGINE)',
  },
  {
    name: 'include',
    value: 'GLOB',
    many: true,
    description: 'Files that are user code, even in node_modules (THROWPOINT_INCLUDE)',
  },
  {
    name: 'exclude',
    value: 'GLOB',
    many: true,
    description: 'Files that are never rewritten (THROWPOINT_EXCLUDE)',
  },
  {
    name: 'no-instrument',
    description: 'Run the modules as they are written; reports have no variables',
  },
]

const json: OptionEntry = { name: 'json', description: 'Print JSON' }

const commands: OptionEntry = {
  name: 'commands',
  short: 'c',
  value: 'COMMANDS',
  description: "Run these commands, print what they say and leave: 'where; locals'",
}

/** Every command and option there is. Help, completion and the README are made from it. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: '',
    operands: '[options] script [arguments]',
    summary: 'Run a program as `node script` would, with the variables of every frame in its reports',
    details:
      'Options of Node go before the script too (--inspect, --env-file=.env, --import …); what follows the script is for the script.\n' +
      'A script that is called like a command is run by its path: ./serve',
    options: programOptions,
    takesNodeOptions: true,
    completes: 'files',
    examples: [
      'throwpoint app.js',
      'throwpoint --session app.ts',
      'throwpoint --env-file=.env server.js --verbose',
    ],
  },
  {
    name: 'serve',
    operands: 'module',
    summary: 'Serve a module that exports an Express app, a Koa app or a (req, res) function',
    details:
      'The export is `default`, `app`, `handler` or module.exports, or a function that returns it.\n' +
      'The debug middleware is added in front, unless the application has it.',
    options: [
      {
        name: 'port',
        short: 'p',
        value: 'PORT',
        description: 'Port to listen on; 0 takes a free one. Default: 3000',
      },
      { name: 'host', value: 'HOST', description: 'Address to listen on. Default: localhost' },
      ...programOptions,
    ],
    takesNodeOptions: true,
    completes: 'files',
    examples: ['throwpoint serve app.js', 'throwpoint serve --session --port 8080 src/app.ts'],
  },
  {
    name: 'attach',
    operands: '[pid]',
    summary: 'Open the prompt of a running program in this terminal',
    details:
      'The program runs with --session, in any terminal or in none. Without a pid the one there is, or a choice.\n' +
      'Exit code: 0 done; 1 a command failed, or the program ended; 2 no such program, or nothing waits.',
    options: [
      { name: 'list', short: 'l', description: 'List the programs that can be attached to' },
      commands,
      {
        name: 'wait',
        value: 'SECONDS',
        optional: true,
        description: 'Wait for the next exception before the commands run, at most so long',
      },
      json,
    ],
    completes: 'nothing',
    examples: [
      'throwpoint attach',
      'throwpoint attach 4242',
      'throwpoint attach --list',
      "throwpoint attach -c 'where; locals'",
      "throwpoint attach --wait=60 --json -c 'where; locals; continue'",
    ],
  },
  {
    name: 'open',
    operands: '[FILE]',
    summary: 'Look into a dump with the commands of the prompt',
    details:
      'FILE may also be the beginning of its id. Without it the dumps of this project are listed.\n' +
      'Commands are read from stdin when that is no terminal. With --json each gives one line: {"line", "data", "error"?}.\n' +
      'The exit code is 1 when a command failed.',
    options: [
      { ...commands, many: true },
      { name: 'last', description: 'Take the newest dump of this project' },
      json,
    ],
    completes: 'files',
    examples: [
      'throwpoint open dumps/….throwpoint.json',
      'throwpoint open --last',
      "throwpoint open FILE -c 'where; locals'",
    ],
  },
  {
    name: 'replay',
    operands: 'FILE',
    summary: 'Send a recorded request again and show what is different in the answer',
    details:
      'The exit code is 0 when the answers are the same, 1 when they differ, 2 when the request could not be sent.',
    options: [
      {
        name: 'url',
        value: 'URL',
        description: 'Where the server is. Default: where the request was recorded',
      },
      {
        name: 'header',
        value: 'HEADER',
        many: true,
        description: "A header instead of the recorded one: 'authorization: Bearer …'",
      },
      {
        name: 'timeout',
        value: 'SECONDS',
        description: 'How long to wait for the whole answer. Default: 30',
      },
      { name: 'force', description: 'Send what is there of a request that is not recorded whole' },
      json,
    ],
    completes: 'files',
    examples: [
      'throwpoint replay exchanges/….throwpoint-exchange.json',
      "throwpoint replay FILE --url http://localhost:8080 --header 'cookie: sid=…'",
    ],
  },
  {
    name: 'doctor',
    operands: '[directory | script]',
    summary: 'Check the set-up of an application and say what to do',
    options: [json],
    completes: 'files',
    examples: ['throwpoint doctor', 'throwpoint doctor src/server.ts', 'throwpoint doctor --json'],
  },
  {
    name: 'completion',
    operands: 'bash | zsh | fish',
    summary: 'Print a completion script for a shell',
    options: [],
    completes: ['bash', 'zsh', 'fish'],
    examples: [
      'eval "$(throwpoint completion bash)"   # in ~/.bashrc',
      'eval "$(throwpoint completion zsh)"    # in ~/.zshrc, after compinit',
      'throwpoint completion fish > ~/.config/fish/completions/throwpoint.fish',
    ],
  },
]

/** The command that runs a script. */
export const runCommand: CommandEntry = commandTable[0]!

export function commandNamed(name: string): CommandEntry | undefined {
  return name === '' ? undefined : commandTable.find((command) => command.name === name)
}
