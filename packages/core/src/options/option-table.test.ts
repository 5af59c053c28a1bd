import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { optionTable, optionTableMarkdown } from './option-table.ts'

describe('optionTable', () => {
  it('has every option of DebugOptions, in its order, with its type and default', () => {
    const source = readFileSync(join(import.meta.dirname, 'options.ts'), 'utf8')
    const body = source.slice(source.indexOf('interface DebugOptions'), source.indexOf('\n}\n'))
    const declared = [...body.matchAll(/^ {2}readonly (\w+)\?: (.+)$/gm)].map(([, name, type]) => [
      name,
      plain(type!),
    ])
    expect(optionTable.map(({ name, type }) => [name, plain(type)])).toEqual(declared)
    const blocks = body.split(/(?=\n {2}\/\*\*)/)
    for (const { name, default: standard } of optionTable) {
      const block = blocks.find((one) => one.includes(`readonly ${name}?`)) ?? ''
      const documented = /@default (true|false|'[^']*')(?= \*\/|\n)/.exec(block)?.[1]
      if (documented !== undefined) expect([name, standard]).toEqual([name, documented])
    }
  })

  it('has a variable for every option that is no function, and no variable twice', () => {
    const variables = optionTable.flatMap(({ variables: list }) => list.map(({ name }) => name))
    expect(new Set(variables).size).toBe(variables.length)
    for (const { name, variables: list } of optionTable) {
      const isFunction = name === 'ignore' || name === 'onReport'
      expect([name, list.length > 0]).toEqual([name, !isFunction])
      for (const variable of list) expect(variable.name).toMatch(/^THROWPOINT(?:_[A-Z]+)*$/)
    }
  })
})

/** Types without what they are called inside, which the table leaves out. */
function plain(type: string): string {
  return type
    .replaceAll('readonly ', '')
    .replaceAll(/(\w+): \w+(?=[,)])/g, '$1')
    .replaceAll(';', ',')
}

describe('optionTableMarkdown', () => {
  it('is a table for the README', () => {
    expect(optionTableMarkdown()).toMatchInlineSnapshot(`
      "| Option | Variable | Type | Default | What it does |
      | --- | --- | --- | --- | --- |
      | \`enabled\` | \`THROWPOINT\` | \`boolean\` | in a development process | \`false\` switches everything off; \`true\` switches it on where \`NODE_ENV\` is not \`development\`. \`NODE_ENV=production\` wins over it. |
      | \`engine\` | \`THROWPOINT_ENGINE\` | \`'auto' \\| 'instrumented' \\| 'stack'\` | \`'auto'\` | What makes frames: \`instrumented\` shows variables and needs \`node --import throwpoint/register\`, \`stack\` is \`error.stack\` alone, \`auto\` the best there is. |
      | \`page\` | \`THROWPOINT_PAGE\` | \`boolean\` | \`true\` | Answer unhandled exceptions with the error page, problem details or text. |
      | \`terminal\` | \`THROWPOINT_TERMINAL\` | \`'report' \\| 'session' \\| 'off'\` | \`'report'\` | Print a report of each exception to stderr, hold the request and open a prompt in the terminal, or nothing. |
      | \`hold\` | \`THROWPOINT_HOLD\` | \`false \\| string\` | \`'10m'\` | How long a session holds a request before its exception goes on by itself: \`90s\`, \`10m\`, \`1h\`; \`false\`: until somebody acts. |
      | \`dump\` | \`THROWPOINT_DUMP\` | \`boolean \\| string\` | \`false\` | Write each report to a file in this directory; \`true\`: in \`$XDG_STATE_HOME/throwpoint/<project>/dumps\`. |
      | \`record\` | \`THROWPOINT_RECORD\` | \`boolean \\| string\` | \`false\` | Write each request with its answer and its exceptions to a file in this directory, for \`throwpoint replay\`; \`true\`: in \`$XDG_STATE_HOME/throwpoint/<project>/exchanges\`. |
      | \`recordSecrets\` | \`THROWPOINT_RECORD_SECRETS\` | \`boolean\` | \`false\` | Leave secrets (\`authorization\`, cookies, tokens) in the files that \`record\` writes. |
      | \`break\` | \`THROWPOINT_BREAK\` | \`false \\| 'boundary'\` | \`false\` | Stop an attached debugger before the framework sees the exception. |
      | \`breakOnStart\` | \`THROWPOINT_BREAK_ON_START\` | \`boolean\` | \`false\` | Open a prompt before the first request is served: it lists the routes and takes \`break on route\`. Implies a session. |
      | \`watchdog\` | \`THROWPOINT_WATCHDOG\` | \`number \\| false\` | \`false\` | Report a request that has not answered after so many seconds, once, with the place where it waits; \`SIGUSR2\` then prints all requests in flight. |
      | \`ignore\` | – | \`(error, context) => boolean\` | none | Exceptions that are expected: return \`true\` and Throwpoint leaves them alone. |
      | \`redact\` | \`THROWPOINT_REDACT_NAMES\`<br>\`THROWPOINT_REDACT_KEEP\` | \`{ names?: string[], keep?: string[] }\` | the built-in list | Names of variables, properties and headers to hide (\`names\`) or to show (\`keep\`), beside the built-in list. Variables and option add up. |
      | \`limits\` | \`THROWPOINT_LIMITS\` | \`Partial<Limits>\` | the built-in limits | How much is read and kept: \`frames\` (100), \`depth\` (4), \`properties\` (50), \`items\` (100), \`stringLength\` (10000), \`causes\` (20), \`reportBytes\` (2097152), \`bodyBytes\` (65536), \`budgetMs\` (100). As a variable: \`THROWPOINT_LIMITS=depth=6,items=200\`. |
      | \`path\` | \`THROWPOINT_PATH\` | \`string\` | \`'/__throwpoint'\` | Path under which reports are served. |
      | \`hosts\` | \`THROWPOINT_HOSTS\` | \`string[]\` | \`[]\` | More host names a report page may be shown on, beside loopback names. |
      | \`editor\` | \`THROWPOINT_EDITOR\` | \`false \\| string\` | the editor of the environment | Where the places of frames on the page open: \`vscode\`, \`vscode-insiders\`, \`vscodium\`, \`cursor\`, \`windsurf\`, \`zed\`, \`webstorm\`, \`idea\`, \`phpstorm\`, \`sublime\`, \`textmate\`, \`macvim\`, \`emacs\`, or a URL such as \`zed://file/{file}:{line}:{column}\`; \`false\`: no links. |
      | \`onReport\` | – | \`(report) => void\` | none | Called with each finished report. |
      "
    `)
  })
})
