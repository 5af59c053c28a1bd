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
      "| Option and variable | Type and default | What it does |
      | --- | --- | --- |
      | \`enabled\`<br>\`THROWPOINT\` | \`boolean\`<br>in a development process | \`false\` switches everything off; \`true\` switches it on where \`NODE_ENV\` is not \`development\`. \`NODE_ENV=production\` wins over it. |
      | \`engine\`<br>\`THROWPOINT_ENGINE\` | \`'auto' \\| 'instrumented' \\| 'stack'\`<br>\`'auto'\` | What makes frames: \`instrumented\` shows variables and needs \`node --import throwpoint/register\`, \`stack\` is \`error.stack\` alone, \`auto\` the best there is. |
      | \`page\`<br>\`THROWPOINT_PAGE\` | \`boolean\`<br>\`true\` | Answer unhandled exceptions with the error page, problem details or text. |
      | \`terminal\`<br>\`THROWPOINT_TERMINAL\` | \`'report' \\| 'session' \\| 'off'\`<br>\`'report'\` | Print a report of each exception to stderr, hold the request and open a prompt in the terminal, or nothing. |
      | \`hold\`<br>\`THROWPOINT_HOLD\` | \`false \\| string\`<br>\`'10m'\` | How long a session holds a request before its exception goes on by itself: \`90s\`, \`10m\`, \`1h\`; \`false\`: until somebody acts. |
      | \`dump\`<br>\`THROWPOINT_DUMP\` | \`boolean \\| string\`<br>\`false\` | Write each report to a file in this directory; \`true\`: in \`$XDG_STATE_HOME/throwpoint/<project>/dumps\`. |
      | \`record\`<br>\`THROWPOINT_RECORD\` | \`boolean \\| string\`<br>\`false\` | Write each request with its answer and its exceptions to a file in this directory, for \`throwpoint replay\`; \`true\`: in \`$XDG_STATE_HOME/throwpoint/<project>/exchanges\`. |
      | \`recordSecrets\`<br>\`THROWPOINT_RECORD_SECRETS\` | \`boolean\`<br>\`false\` | Leave secrets (\`authorization\`, cookies, tokens) in the files that \`record\` writes. |
      | \`break\`<br>\`THROWPOINT_BREAK\` | \`false \\| 'boundary'\`<br>\`false\` | Stop an attached debugger before the framework sees the exception. |
      | \`breakOnStart\`<br>\`THROWPOINT_BREAK_ON_START\` | \`boolean\`<br>\`false\` | Open a prompt before the first request is served: it lists the routes and takes \`break on route\`. Implies a session. |
      | \`watchdog\`<br>\`THROWPOINT_WATCHDOG\` | \`number \\| false\`<br>\`false\` | Report a request that has not answered after so many seconds, once, with the place where it waits; \`SIGUSR2\` then prints all requests in flight. |
      | \`ignore\` | \`(error, context) => boolean\`<br>none | Exceptions that are expected: return \`true\` and Throwpoint leaves them alone. |
      | \`redact\`<br>\`THROWPOINT_REDACT_NAMES\`<br>\`THROWPOINT_REDACT_KEEP\` | \`{ names?: string[], keep?: string[] }\`<br>the built-in list | Names of variables, properties and headers to hide (\`names\`) or to show (\`keep\`), beside the built-in list. Variables and option add up. |
      | \`limits\`<br>\`THROWPOINT_LIMITS\` | \`Partial<Limits>\`<br>the built-in limits | How much is read and kept: the table of limits below. As a variable: \`THROWPOINT_LIMITS=depth=6,items=200\`. |
      | \`path\`<br>\`THROWPOINT_PATH\` | \`string\`<br>\`'/__throwpoint'\` | Path under which reports are served. |
      | \`hosts\`<br>\`THROWPOINT_HOSTS\` | \`string[]\`<br>\`[]\` | More host names a report page may be shown on, beside loopback names. |
      | \`editor\`<br>\`THROWPOINT_EDITOR\` | \`false \\| string\`<br>the editor of the environment | Where the places of frames on the page open: \`vscode\`, \`vscode-insiders\`, \`vscodium\`, \`cursor\`, \`windsurf\`, \`zed\`, \`webstorm\`, \`idea\`, \`phpstorm\`, \`sublime\`, \`textmate\`, \`macvim\`, \`emacs\`, or a URL such as \`zed://file/{file}:{line}:{column}\`; \`false\`: no links. |
      | \`onReport\` | \`(report) => void\`<br>none | Called with each finished report. |
      "
    `)
  })
})
