import type { EngineInfo, Frame, Limits } from '@throwpoint/protocol'
import { safeGet } from '../primordials.ts'
import { Locator, type Located } from '../source/locator.ts'
import { parseStack, type StackFrame } from '../source/parse-stack.ts'
import { withTemplatePlaces } from '../source/template-place.ts'
import type { Engine, EngineFrame, FramesOfThrow } from './engine.ts'
import type { Line } from './match-frames.ts'

const seeVariables =
  'These frames come from error.stack, which has no variables. To see variables, start the process with ' +
  '"node --import throwpoint/register app.js".'

/** Excerpts of the user's frames in a report, and of others before the first of those. */
const appExcerpts = 30
const otherExcerpts = 3

/** The frames of a stack, for an engine that adds to them. */
export interface Trace {
  readonly frames: readonly EngineFrame[]
  /** The same frames as their places are known to Node. */
  readonly lines: readonly Line[]
  readonly stack: string
  readonly notes: readonly string[]
  readonly locator: Locator
}

/** Frames out of `error.stack`: places and source, no variables. It always works. */
export class StackEngine implements Engine {
  readonly name = 'stack' as const
  readonly #limits: Limits
  readonly #engine: EngineInfo

  /** @param options `reason`: why no better engine is used, where it is not the usual reason */
  constructor({ limits, reason }: { readonly limits: Limits; readonly reason?: string }) {
    this.#limits = limits
    this.#engine = { used: 'stack', reason: reason ?? seeVariables }
  }

  frames(thrown: unknown, stackText: string): FramesOfThrow {
    const { frames, stack, notes } = this.trace(thrown, stackText)
    return { engine: this.#engine, frames, stack, notes }
  }

  /**
   * @param restore - gives a frame the position it has in the text the user wrote
   */
  trace(thrown: unknown, stackText: string, restore?: (found: StackFrame) => StackFrame): Trace {
    const { frames: most, stringLength } = this.#limits
    const { value: message } = safeGet(thrown, 'message')
    const header = typeof message === 'string' ? { message } : {}
    const found = parseStack(stackText, { ...header, most: most + 1 })
    const more = found.length > most
    if (more) found.length = most
    const parsed = withTemplatePlaces(found, message)
    const locator = new Locator()
    try {
      return this.#located(
        stackText,
        parsed,
        restore === undefined ? parsed : parsed.map(restore),
        more,
        locator,
      )
    } catch {
      // The file system, or what the application has made of it.
      const frames = parsed.map((found) => ({ frame: bareFrame(found) }))
      const notes = ['No source could be looked for.']
      return { frames, lines: [], stack: cut(stackText, stringLength), notes, locator }
    }
  }

  #located(
    stackText: string,
    written: readonly StackFrame[],
    parsed: readonly StackFrame[],
    more: boolean,
    locator: Locator,
  ): Trace {
    const { frames: most, stringLength } = this.#limits
    const located = parsed.map((found) => locate(found, locator))
    const { frames, lines } = this.#withSource(parsed, located, locator)
    const stack = cut(mappedStack(stackText, written, parsed, located), stringLength)
    const cutNote = more ? [`Only the first ${most} frames are shown (limits.frames).`] : []
    return {
      frames,
      lines,
      stack,
      // Excerpts that are made later may add to them.
      get notes() {
        return [...locator.notes, ...cutNote]
      },
      locator,
    }
  }

  #withSource(
    parsed: readonly StackFrame[],
    located: readonly Places[],
    locator: Locator,
  ): { frames: EngineFrame[]; lines: Line[] } {
    const frames: EngineFrame[] = []
    const lines: Line[] = []
    let app = 0
    let others = 0
    for (const [index, found] of parsed.entries()) {
      const { exact, functionName, async: isAsync, file, line, column } = found
      const place = located[index]
      if (place?.own) continue
      const kind = place?.kind ?? 'node'
      const wanted =
        kind === 'app' ? app++ < appExcerpts : kind === 'dependency' && app === 0 && others++ < otherExcerpts
      const source = wanted && place ? locator.excerpt(place) : undefined
      const frame: Writable<Frame> = {
        functionName,
        kind,
        async: isAsync,
        live: false,
        birth: false,
        location: place ? { file: place.file, line: place.line, column: place.column, exact } : null,
        scopes: [],
      }
      if (place?.generated) frame.generated = place.generated
      if (source) frame.source = source
      lines.push({ index: frames.length, functionName, kind, file, place: { line, column } })
      frames.push({ frame })
    }
    return { frames, lines }
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

type Places = Located | undefined

function locate({ file, line, column, mapped }: StackFrame, locator: Locator): Places {
  if (file === undefined) return undefined
  return mapped ? locator.asWritten({ file, line, column }) : locator.locate({ file, line, column })
}

/** A frame of which only the line of the stack is known. */
function bareFrame({ functionName, async, file, line, column, exact }: StackFrame): Frame {
  const isNode = file === undefined || file.startsWith('node:')
  const kind = isNode ? 'node' : /[/\\]node_modules[/\\]/.test(file) ? 'dependency' : 'app'
  const location = file === undefined ? null : { file, line, column, exact }
  return { functionName, kind, async, live: false, birth: false, location, scopes: [] }
}

/** The text with the places that a map has moved. */
function mappedStack(
  text: string,
  written: readonly StackFrame[],
  parsed: readonly StackFrame[],
  located: readonly Places[],
): string {
  let mapped = ''
  let from = 0
  for (const [index, { start, end, column, mapped: isMapped }] of parsed.entries()) {
    const place = located[index]
    if (start === -1 || place === undefined) continue
    if (place.generated !== undefined || isMapped) {
      mapped += `${text.slice(from, start)}${place.file}:${place.line}:${place.column}`
    } else if (column !== written[index]!.column) {
      mapped += text.slice(from, end).replace(/\d+$/, String(place.column))
    } else continue
    from = end
  }
  return mapped + text.slice(from)
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}\n… ${text.length - most} more characters` : text
}
