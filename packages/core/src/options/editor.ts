import { type Environment, parseFlag } from './development.ts'
import { didYouMean, given, type OptionKind } from './option-kind.ts'

/**
 * The URL by which each editor opens a file at a place. `{file}` is the absolute path, encoded; behind a `/` it is
 * written without its own.
 */
const editors: Readonly<Record<string, string>> = {
  vscode: 'vscode://file/{file}:{line}:{column}',
  'vscode-insiders': 'vscode-insiders://file/{file}:{line}:{column}',
  vscodium: 'vscodium://file/{file}:{line}:{column}',
  cursor: 'cursor://file/{file}:{line}:{column}',
  windsurf: 'windsurf://file/{file}:{line}:{column}',
  zed: 'zed://file/{file}:{line}:{column}',
  webstorm: 'webstorm://open?file={file}&line={line}&column={column}',
  idea: 'idea://open?file={file}&line={line}&column={column}',
  phpstorm: 'phpstorm://open?file={file}&line={line}&column={column}',
  sublime: 'subl://open?url=file://{file}&line={line}&column={column}',
  textmate: 'txmt://open?url=file://{file}&line={line}&column={column}',
  macvim: 'mvim://open?url=file://{file}&line={line}&column={column}',
  emacs: 'emacs://open?url=file://{file}&line={line}&column={column}',
}

/** Those that are VS Code under another name: they reach into WSL. */
const likeCode = new Set(['vscode', 'vscode-insiders', 'vscodium', 'cursor', 'windsurf'])

/** The commands of editors whose scheme comes with the editor. Of others a link would lead nowhere. */
const commands: Readonly<Record<string, string | undefined>> = {
  __proto__: null as never,
  code: 'vscode',
  'code-insiders': 'vscode-insiders',
  codium: 'vscodium',
  vscodium: 'vscodium',
  cursor: 'cursor',
  windsurf: 'windsurf',
  zed: 'zed',
  zeditor: 'zed',
  webstorm: 'webstorm',
  idea: 'idea',
  phpstorm: 'phpstorm',
  mate: 'textmate',
  mvim: 'macvim',
}

/** What runs in the page, or reads what is on this machine. */
const refused = new Set([
  'javascript',
  'data',
  'vbscript',
  'blob',
  'filesystem',
  'about',
  'view-source',
  'file',
])

/** The name of an editor, or a URL with the place of `{file}`; false for no links. */
export const editor: OptionKind<false | string> = {
  check: (value) => {
    if (value === false) return { value }
    if (typeof value !== 'string')
      return { problem: `must be the name of an editor, a URL with {file}, or false, not ${given(value)}` }
    const name = value.trim()
    if (Object.hasOwn(editors, name)) return { value: name }
    const problem = /[:{/]/.test(name) ? problemOfUrl(name) : problemOfName(name)
    return problem === undefined ? { value: name } : { problem }
  },
  parse: (text) => editor.check(parseFlag(text) === false ? false : text),
}

function problemOfName(name: string): string {
  const hint = didYouMean(name, Object.keys(editors))
  return `knows no editor ${given(name)}${hint}${hint.endsWith('?') ? '' : ', and any URL with {file}'}`
}

function problemOfUrl(url: string): string | undefined {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):([!-~]{1,500})$/i.exec(url) ?? []
  if (scheme === undefined)
    return `must be a URL of printable ASCII such as 'zed://file/{file}:{line}:{column}', and ${given(url)} is none`
  const lower = scheme.toLowerCase()
  if (refused.has(lower)) return `must not have the scheme ${lower}:, which opens no editor`
  if (
    /^https?$/.test(lower) &&
    !/^\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?:[/?#]|$)/i.test(rest)
  )
    return `must not send paths to another machine, as ${given(url)} would`
  if (!rest.includes('{file}')) return `must have {file} where the path belongs, and ${given(url)} has none`
  const other = rest.match(/\{(?!(?:file|line|column)\})[^{}]*\}?/)?.[0]
  return other === undefined ? undefined : `has ${given(other)}; there are {file}, {line} and {column}`
}

/**
 * The URL in which a page puts the place of a frame; undefined where no editor is known. What was chosen goes before
 * `LAUNCH_EDITOR`, that before the editor in whose terminal the process runs, that before `VISUAL` and `EDITOR`.
 */
export function editorUrl(chosen: false | string | undefined, env: Environment): string | undefined {
  if (chosen === false) return undefined
  if (chosen !== undefined) return urlOf(chosen, env)
  // The paths are those of another machine than the browser's.
  if (isSet(env['SSH_CONNECTION']) || isSet(env['REMOTE_CONTAINERS']) || isSet(env['CODESPACES']))
    return undefined
  const name =
    ofCommand(env['LAUNCH_EDITOR']) ?? ofTerminal(env) ?? ofCommand(env['VISUAL']) ?? ofCommand(env['EDITOR'])
  if (name === undefined) return undefined
  return isSet(env['WSL_DISTRO_NAME']) && !likeCode.has(name) ? undefined : urlOf(name, env)
}

function urlOf(chosen: string, { WSL_DISTRO_NAME: distribution }: Environment): string {
  if (isSet(distribution) && likeCode.has(chosen)) {
    const host = encodeURIComponent(distribution.toWellFormed())
    return `${chosen}://vscode-remote/wsl+${host}/{file}:{line}:{column}`
  }
  return Object.hasOwn(editors, chosen) ? editors[chosen]! : chosen
}

/** `code --wait`, `"C:\Program Files\Microsoft VS Code\bin\code.cmd" -w` */
function ofCommand(command: string | undefined): string | undefined {
  const [, quoted, plain] =
    /^\s*(?:"([^"]+)"|([^"]+?)(?:\s+-.*)?\s*$)/.exec(command?.slice(0, 1000) ?? '') ?? []
  const file = (quoted ?? plain ?? '').split(/[/\\]/).at(-1)!
  return commands[file.toLowerCase().replace(/(?:64)?\.(?:exe|cmd|bat|sh)$/, '')]
}

/** The editor in whose terminal this is. */
function ofTerminal(env: Environment): string | undefined {
  const program = env['TERM_PROGRAM']
  const bundle = env['__CFBundleIdentifier'] ?? ''
  if (program === 'zed' || isSet(env['ZED_TERM'])) return 'zed'
  if (program === 'vscode' || isSet(env['VSCODE_IPC_HOOK_CLI']) || isSet(env['VSCODE_PID']))
    return codeOf(env, bundle)
  if (env['TERMINAL_EMULATOR'] !== 'JetBrains-JediTerm') return undefined
  const [, product] = /^com\.jetbrains\.(webstorm|intellij|phpstorm)/i.exec(bundle) ?? []
  return product?.toLowerCase().replace('intellij', 'idea')
}

/** All that were made from VS Code call themselves so; the paths of their helpers do not. */
function codeOf(env: Environment, bundle: string): string {
  const helper = env['VSCODE_GIT_ASKPASS_NODE'] ?? env['VSCODE_GIT_ASKPASS_MAIN'] ?? ''
  const traces = `${bundle} ${helper}`.toLowerCase()
  if (isSet(env['CURSOR_TRACE_ID']) || traces.includes('cursor')) return 'cursor'
  if (traces.includes('windsurf')) return 'windsurf'
  if (traces.includes('codium')) return 'vscodium'
  const isInsiders = traces.includes('insiders') || (env['TERM_PROGRAM_VERSION'] ?? '').includes('insider')
  return isInsiders ? 'vscode-insiders' : 'vscode'
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== ''
}
