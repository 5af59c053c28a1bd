import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  errorLine,
  isDumpName,
  readDump,
  requestLine,
  stateDirectory,
  visible,
} from '@throwpoint/core/session'
import { UsageError } from '../command/usage-error.ts'

/** One dump of the project. */
export interface DumpLine {
  readonly file: string
  readonly id: string
  /** ISO 8601. */
  readonly time: string
  readonly error: string
  readonly request: string
  /** Why it cannot be read. */
  readonly problem?: string
}

const most = 20

/** The dumps of the project of the working directory, the newest first. */
export function dumpsOfProject(count: number = most): { directory: string; dumps: DumpLine[] } {
  const directory = projectDirectory()
  return {
    directory,
    dumps: names(directory)
      .slice(0, count)
      .map((name) => lineOf(directory, name)),
  }
}

function projectDirectory(): string {
  const given = process.env['THROWPOINT_DUMP'] ?? ''
  const chosen = given === '' || /^(?:0|1|true|false|on|off|yes|no)$/i.test(given) ? true : given
  const directory = stateDirectory('dump', chosen, process.env, [])
  if (directory !== false) return directory
  throw new UsageError('There is no home directory to look for dumps: give the path of a file', 'open')
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory).filter(isDumpName).sort().reverse()
  } catch {
    return []
  }
}

function lineOf(directory: string, name: string): DumpLine {
  const file = join(directory, name)
  const id = /-([\da-f]{32})\./.exec(name)?.[1] ?? ''
  try {
    const report = readDump(file)
    return { file, id, time: report.time, error: errorLine(report.error, 200), request: requestLine(report) }
  } catch (error) {
    return { file, id, time: '', error: '', request: '', problem: (error as Error).message }
  }
}

/** The dumps as a table for people. */
export function dumpTable(directory: string, dumps: readonly DumpLine[], columns: number): string {
  const rows = dumps.map(({ id, time, error, request, problem }) => {
    const what = problem === undefined ? `${request === '' ? '' : `${request}  `}${error}` : 'cannot be read'
    const row = `${id.slice(0, 8)}  ${time.slice(0, 19).replace('T', ' ')}  ${what}`
    const line = visible(row).replaceAll('\n', ' ')
    return line.length > columns ? `${line.slice(0, Math.max(40, columns) - 1)}…` : line
  })
  const more = names(directory).length - dumps.length
  const rest = more > 0 ? [`… ${more} older ones`] : []
  return [`Dumps in ${directory}, the newest first; throwpoint open ID, or --last`, ...rows, ...rest].join(
    '\n',
  )
}

/** The file that is meant: a path, or the beginning of the id of a dump of this project. */
export function findDump(given: string): string {
  if (existsSync(given) || !/^[\da-f]{4,32}$/.test(given)) return given
  const directory = projectDirectory()
  const found = names(directory).filter((name) => name.includes(`-${given}`))
  if (found.length === 0) return given
  if (found.length === 1) return join(directory, found[0]!)
  throw new UsageError(`${found.length} dumps have an id that begins with ${given}: give more of it`, 'open')
}
