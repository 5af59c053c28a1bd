import type { Scope, Value } from '@throwpoint/protocol'
import { ThrowpointError } from '../../errors.ts'
import { columnsOf, head, pad } from '../../report/columns.ts'
import { oneLine } from '../../report/visible.ts'
import type { Command } from '../command.ts'
import type { LiveScope } from '../debuggee.ts'
import { functionAround, sourceOf } from '../source-lines.ts'
import type { Turn } from '../turn.ts'
import { resolved } from '../value-path.ts'
import { briefText } from '../value-text.ts'
import { filterOf } from './filter.ts'

interface Shown {
  readonly type: Scope['type'] | 'this' | 'session'
  readonly variables: ReadonlyArray<{ readonly name: string; readonly value: Value }>
  readonly unavailable?: string | undefined
}

/** Milliseconds after which values are only named. */
const patience = 500

/** Variables of one scope that are read. */
const most = 100

const locals: Command = {
  name: 'locals',
  aliases: ['i', 'info', 'vars'],
  arguments: '[/regexp/ | word]',
  group: 'values',
  help: 'The variables of the frame, scope by scope; `locals!` with those of the module',
  details:
    'Block, function and what it closes over, from the inside out, as they are now. What has not come to its line yet is [uninitialized]. With a word or /regexp/ those whose name fits, of the module too.',
  example: 'locals /price|id/',
  takesBang: true,
  run(turn, args, bang) {
    const { paint } = turn
    const filter = args === '' ? undefined : filterOf(args)
    const scopes = scopesOf(turn).map((scope) => ({
      ...scope,
      variables:
        filter === undefined ? scope.variables : scope.variables.filter(({ name }) => filter.test(name)),
    }))
    const near = scopes.some(({ type, variables }) => type !== 'module' && variables.length > 0)
    const lines: string[] = []
    for (const { type, variables, unavailable } of scopes) {
      if (variables.length === 0 && (unavailable === undefined || filter !== undefined)) continue
      if (type === 'module' && near && !bang && filter === undefined) {
        const count = `${variables.length} ${variables.length === 1 ? 'name' : 'names'}`
        const what =
          unavailable !== undefined && variables.length === 0
            ? unavailable[0]!.toLowerCase() + unavailable.slice(1)
            : `${count} ("locals!" shows them)`
        lines.push(`${paint.strong('module')}  ${paint.dim(what)}`)
        continue
      }
      lines.push(paint.strong(titles[type]), ...variableLines(variables, turn))
      if (unavailable !== undefined) lines.push(`  ${paint.dim(unavailable)}`)
    }
    if (lines.length === 0)
      lines.push(paint.dim(filter === undefined ? noVariables(turn) : 'No variable fits.'))
    return {
      lines,
      data: {
        scopes: scopes.filter(
          ({ variables, unavailable }) => variables.length > 0 || unavailable !== undefined,
        ),
      },
    }
  },
}

const titles: Record<Shown['type'], string> = {
  block: 'block',
  local: 'local',
  closure: 'closure',
  module: 'module',
  this: 'this',
  session: 'of this session',
}

function noVariables({ session }: Turn): string {
  const { engine } = session.report
  if (session.frames.length === 0) return 'There are no frames here, and so no variables.'
  if (session.selected?.kind !== 'app')
    return 'Frames of others have no variables; "up" and "down" go to frames of yours.'
  return engine.reason ?? 'This frame has no variables.'
}

/** As they are now where the frame is alive, else as they were captured. */
function scopesOf({ session }: Turn): Shown[] {
  const frame = session.selected
  const live = session.scopes
  const started = performance.now()
  const levels = (): number => (performance.now() - started < patience ? 2 : 0)
  const shown: Shown[] =
    live === undefined
      ? (frame?.scopes ?? []).map((scope) => ({
          ...scope,
          variables: scope.variables.map(({ name, value }) => ({
            name,
            value: resolved(value, session.report),
          })),
        }))
      : live.map((scope): Shown => {
          const { type, names } = scope
          const variables = names.slice(0, most).map((name) => ({ name, value: readOne(name, scope) }))
          const more = names.length - variables.length
          return { type, variables, ...(more > 0 && { unavailable: `${more} more variables` }) }
        })
  if (frame?.this !== undefined)
    shown.splice(at(shown), 0, { type: 'this', variables: [{ name: 'this', value: frame.this }] })
  const own = Object.keys(session.names).filter((name) => session.hasOwnVariable(name))
  if (own.length > 0) {
    const variables = own.map((name) => ({
      name,
      value: session.picture(session.names[name], levels(), name),
    }))
    shown.push({ type: 'session', variables })
  }
  return shown

  function readOne(name: string, scope: LiveScope): Value {
    let reading
    try {
      reading = scope.read(name)
    } catch {
      return { type: 'undefined', description: '[unreadable]', unavailable: 'unreadable' }
    }
    if ('value' in reading) return session.picture(reading.value, levels(), name)
    return reading.unavailable === 'uninitialised'
      ? { type: 'undefined', description: '[uninitialized]', unavailable: 'uninitialized' }
      : { type: 'undefined', description: '[not kept]', unavailable: 'engine' }
  }
}

/** `this` stands behind what is local. */
function at(scopes: readonly Shown[]): number {
  const index = scopes.findIndex(({ type }) => type === 'closure' || type === 'module')
  return index === -1 ? scopes.length : index
}

export function variableLines(
  variables: Shown['variables'],
  { columns, paint }: Pick<Turn, 'columns' | 'paint'>,
): string[] {
  const names = variables.map(({ name }) => oneLine(head(name, 60).text))
  const width = Math.min(24, Math.max(0, ...names.map(columnsOf)))
  return variables.map(({ value }, index) => {
    const name = names[index]!
    const room = Math.max(20, columns - 4 - Math.max(width, columnsOf(name)))
    const text = briefText(value, room)
    const tone =
      value.unavailable === 'redacted'
        ? paint.warn
        : value.unavailable === 'uninitialized'
          ? paint.dim
          : undefined
    return `  ${pad(name, width)}  ${tone === undefined ? text : tone(text)}`
  })
}

const args: Command = {
  name: 'args',
  aliases: ['a'],
  arguments: '',
  group: 'values',
  help: 'The parameters of the function of the frame, as they are now',
  details:
    'Their names are read from the source; what was destructured is listed by the names it has inside.',
  example: 'args',
  run(turn) {
    const { session } = turn
    const frame = session.selected
    if (frame === undefined) throw new ThrowpointError('TP_BAD_COMMAND', 'There are no frames.')
    const scopes = scopesOf(turn).filter(({ type }) => type === 'local')
    const all = scopes.flatMap(({ variables }) => variables)
    const header = headerOf(turn)
    const variables = header === undefined ? [] : all.filter(({ name }) => hasName(header, name))
    if (variables.length === 0) {
      const why =
        all.length === 0
          ? noVariables(turn)
          : 'This function has no parameters that can be told; "locals" shows all.'
      return { lines: [turn.paint.dim(why)], data: { variables } }
    }
    return { lines: variableLines(variables, turn), data: { variables } }
  },
}

/** The source of the parameters of the function around the frame. */
function headerOf({ session }: Turn): string | undefined {
  const frame = session.selected
  if (frame?.location === null || frame === undefined) return undefined
  const known = sourceOf(frame, session.debuggee)
  if (known === undefined) return undefined
  const { from } = functionAround(known, frame.location.line)
  const text = known.lines.slice(from - known.first, from - known.first + 12).join('\n')
  const arrow = /(?:\(([^()]*(?:\([^()]*\)[^()]*)*)\)|([\w$]+))\s*(?::[^=;{]*)?=>/.exec(text)
  const named = /\(((?:[^()]|\([^()]*\))*)\)\s*(?::[^=;]*?)?\{/.exec(text)
  const plain = arrow?.[1] ?? arrow?.[2]
  if (arrow !== null && (named === null || arrow.index < named.index + named[0].length)) return plain
  return named?.[1] ?? plain
}

function hasName(header: string, name: string): boolean {
  for (let index = header.indexOf(name); index !== -1; index = header.indexOf(name, index + 1)) {
    if (!/[\w$]/.test(header[index - 1] ?? '') && !/[\w$]/.test(header[index + name.length] ?? ''))
      return true
  }
  return false
}

export const variableCommands: readonly Command[] = [args, locals]
