import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { languageOf, rewrite, type SourceKind, UserCode, userCodeOptions } from '@throwpoint/instrument'
import { type Finding, note, ok, problem } from './finding.ts'
import { type Project, readManifest } from './project.ts'

/** A module of the application, and what the preload would make of it. */
export interface ModuleFinding {
  readonly file: string
  /** Why it would run as it is written; undefined when it would be instrumented. */
  readonly untouched: string | undefined
  /** Functions in it that stay as they are, each with its reason. */
  readonly functions: readonly string[]
}

const most = 2000
const endings = ['', '.js', '.ts', '.mjs', '.mts', '.cjs', '.cts', '.tsx', '.jsx', '/index.js', '/index.ts']
const relativeImport = /(?:from\s*|import\s*\(?\s*|require\s*\(\s*)(['"])(\.{1,2}\/[^'"\n]*|\.{1,2})\1/g

/** The files an application is made of, as far as relative imports with constant names tell; the entry first. */
export function modulesOf(entry: string): string[] {
  const found = new Set<string>([realpathSync(entry)])
  for (const file of found) {
    if (found.size >= most) break
    if (languageOf(file) === undefined) continue
    for (const [, , name = ''] of read(file).matchAll(relativeImport)) {
      const next = resolve(path.resolve(path.dirname(file), name))
      if (next !== undefined && languageOf(next) !== undefined) found.add(next)
    }
  }
  return [...found]
}

/** TypeScript writes `./app.js` for `app.ts`. */
function resolve(place: string): string | undefined {
  const sources = /\.[cm]?js$/.test(place) ? [place.replace(/js$/, 'ts'), place.replace(/js$/, 'tsx')] : []
  for (const file of [...endings.map((ending) => place + ending), ...sources]) {
    if (existsSync(file) && statSync(file).isFile()) return realpathSync(file)
  }
  return undefined
}

/** Rewrites each module as the preload would, and keeps what it says. */
export function examine(files: readonly string[]): ModuleFinding[] {
  const userCode = new UserCode(userCodeOptions())
  return files.map((file) => {
    if (!userCode.has(file)) {
      const why = file.includes('node_modules') ? 'it is a dependency' : 'THROWPOINT_EXCLUDE names it'
      return { file, untouched: `${why}; THROWPOINT_INCLUDE adds it`, functions: [] }
    }
    const source = read(file)
    try {
      const result = rewrite(source, { file, kind: kindOf(file, source), language: languageOf(file)! })
      if ('untouched' in result) return { file, untouched: result.untouched, functions: [] }
      const functions = result.functions.functions.flatMap(({ untouched, name, start }) =>
        untouched === undefined ? [] : [`${name || '(anonymous)'}, line ${start.line}: ${untouched}`],
      )
      return { file, untouched: undefined, functions }
    } catch (error) {
      return { file, untouched: String(error), functions: [] }
    }
  })
}

export function checkModules(project: Project, modules: readonly ModuleFinding[]): Finding[] {
  const topic = 'modules'
  if (project.entry === undefined) {
    return [
      note(
        topic,
        'no script was found that starts the application',
        'Name it: throwpoint doctor src/server.ts',
      ),
    ]
  }
  const untouched = modules.filter((module) => module.untouched !== undefined)
  const count = modules.length - untouched.length
  const findings: Finding[] = []
  const summary = `${count} of ${modules.length} modules can be instrumented, from ${relative(project, project.entry)} on`
  findings.push(
    count > 0 ? ok(topic, summary) : problem(topic, summary, 'See the reasons below, and DEBUG=throwpoint:*'),
  )
  for (const { file, untouched: reason } of untouched) {
    findings.push(note(topic, `${relative(project, file)} runs as it is: ${reason}`))
  }
  for (const { file, functions } of modules) {
    for (const text of functions) findings.push(note(topic, `${relative(project, file)}: function ${text}`))
  }
  return [...findings, ...sourceMaps(project, modules)]
}

/** Compiled files whose map is not there show their compiled lines. */
function sourceMaps(project: Project, modules: readonly ModuleFinding[]): Finding[] {
  const topic = 'modules'
  const lost: string[] = []
  let has = false
  for (const { file } of modules) {
    const url = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(read(file))?.[1]
    if (url === undefined) continue
    if (url.startsWith('data:') || existsSync(path.resolve(path.dirname(file), decodeURI(url)))) has = true
    else lost.push(relative(project, file))
  }
  if (lost.length > 0) {
    return [
      note(
        topic,
        `${lost.length} compiled files name a source map that is not there, first ${lost[0]}`,
        'Keep the .map files beside them',
      ),
    ]
  }
  return has ? [ok(topic, 'source maps are there')] : []
}

function kindOf(file: string, source: string): SourceKind {
  const ending = path.extname(file)
  if (/^\.m[jt]s$/.test(ending)) return 'module'
  if (/^\.c[jt]s$/.test(ending)) return 'commonjs'
  for (let at = path.dirname(file); ; at = path.dirname(at)) {
    const manifest = readManifest(at)
    if (manifest?.type === 'module') return 'module'
    if (manifest !== undefined || at === path.dirname(at)) break
  }
  return /^\s*(?:import\s*[\w{*'"]|export\s)/m.test(source) ? 'module' : 'commonjs'
}

export function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

export function relative(project: Project, file: string): string {
  return path.relative(realpathSync(project.folder), file) || path.basename(file)
}
