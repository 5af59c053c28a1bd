import { type Finding, note, ok, problem } from './finding.ts'
import { read, relative } from './modules.ts'
import type { Project } from './project.ts'

const topic = 'set-up'

/** How the application is started, and where its middleware stands. A look at the text, nothing is run. */
export function checkEntry(project: Project, files: readonly string[]): Finding[] {
  const { manifestError } = project
  const unreadable = problem(
    topic,
    `package.json cannot be read: ${manifestError}`,
    'Correct it: Node needs it',
  )
  return [...(manifestError === undefined ? [] : [unreadable]), middleware(project, files), preload(project)]
}

function middleware(project: Project, files: readonly string[]): Finding {
  for (const file of files) {
    const code = withoutComments(read(file))
    if (!/@throwpoint\/(?:express|koa)/.test(code)) continue
    const at = code.search(
      /(?<!\.)\bdebugMiddleware\s*\(|\buse\s*\(\s*(?:require\s*\([^)]*\)|\w*[tT]hrowpoint\w*|debug\w*)[\s\S]{0,20}?\(/,
    )
    if (at === -1) continue
    const before = /\.(?:use|get|post|put|patch|delete|all|route)\s*\(/.exec(code)
    // `app.use(` of the call itself stands before its name
    const own = code.lastIndexOf('.use', at)
    const first = before !== null && before.index < own ? before : null
    const place = `${relative(project, file)}:${lineAt(code, at)}`
    if (first === null || /app\.(?:get|set)\s*\(\s*['"][\w ]+['"]\s*\)/.test(code.slice(first.index, own))) {
      return ok(topic, `debugMiddleware() is called first, ${place}`)
    }
    return problem(
      topic,
      `debugMiddleware() at ${place} comes after line ${lineAt(code, first.index)}: what stands before it is not watched`,
      'Make it the first app.use(…)',
    )
  }
  if (files.length === 0) return note(topic, 'no file was found that could call debugMiddleware()')
  return note(
    topic,
    'no call of debugMiddleware() was found',
    "app.use(debugMiddleware()) from '@throwpoint/express' or '@throwpoint/koa', first; or: throwpoint serve MODULE",
  )
}

function preload({ manifest }: Project): Finding {
  const scripts = Object.entries(manifest.scripts ?? {})
  const found = scripts.find(([, text]) => /throwpoint\/register|\bthrowpoint\s/.test(text))
  if (found !== undefined) return ok(topic, `the preload is active in the script "${found[0]}"`)
  if (process.env['NODE_OPTIONS']?.includes('throwpoint/register')) {
    return ok(topic, 'the preload is active by NODE_OPTIONS')
  }
  const started = scripts.find(
    ([name, text]) => /^(?:dev|start)$/.test(name) && /\b(?:node|tsx|nodemon)\b/.test(text),
  )
  const advice =
    started === undefined
      ? 'throwpoint SCRIPT, or node --import throwpoint/register SCRIPT'
      : `"${started[0]}": "${withPreload(started[1])}"`
  return note(topic, 'no script of package.json has the preload: reports have no variables', advice)
}

function withPreload(script: string): string {
  return /\bnode\s/.test(script)
    ? script.replace(/\bnode\s/, 'node --import throwpoint/register ')
    : script.replace(/\b(tsx|nodemon)\b(\s+watch)?/, '$& --import throwpoint/register')
}

/** Comments give way to as many lines. */
function withoutComments(code: string): string {
  return code
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(^|\s)\/\/.*$/gm, (comment) => ' '.repeat(comment.length))
}

function lineAt(code: string, index: number): number {
  return code.slice(0, index).split('\n').length
}
