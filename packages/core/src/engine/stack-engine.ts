import type { Frame, Limits } from '@throwpoint/protocol'
import { safeGet } from '../primordials.ts'
import { Locator, type Located } from '../source/locator.ts'
import { parseStack, type StackFrame } from '../source/parse-stack.ts'
import type { Engine, EngineFrame, FramesOfThrow } from './engine.ts'

const engine = {
  used: 'stack',
  reason:
    'These frames come from error.stack, which has no variables. To see variables, start the process with ' +
    '"node --inspect", attach a debugger and set break: \'boundary\'.',
} as const

/** Excerpts of the user's frames in a report, and of others before the first of those. */
const appExcerpts = 30
const otherExcerpts = 3

/** Frames out of `error.stack`: places and source, no variables. It always works. */
export class StackEngine implements Engine {
  readonly name = 'stack' as const
  readonly #limits: Limits

  constructor({ limits }: { readonly limits: Limits }) {
    this.#limits = limits
  }

  frames(thrown: unknown, stackText: string): FramesOfThrow {
    const { frames: most, stringLength } = this.#limits
    const { value: message } = safeGet(thrown, 'message')
    const header = typeof message === 'string' ? { message } : {}
    const parsed = parseStack(stackText, { ...header, most: most + 1 })
    const more = parsed.length > most
    if (more) parsed.length = most
    try {
      return this.#located(stackText, parsed, more)
    } catch {
      // The file system, or what the application has made of it.
      const frames = parsed.map((found) => ({ frame: bareFrame(found) }))
      return {
        engine,
        frames,
        stack: cut(stackText, stringLength),
        notes: ['No source could be looked for.'],
      }
    }
  }

  #located(stackText: string, parsed: readonly StackFrame[], more: boolean): FramesOfThrow {
    const { frames: most, stringLength } = this.#limits
    const locator = new Locator()
    const located = parsed.map((found) => locate(found, locator))
    const frames = this.#withSource(parsed, located, locator)
    const stack = cut(mappedStack(stackText, parsed, located), stringLength)
    const notes = more
      ? [...locator.notes, `Only the first ${most} frames are shown (limits.frames).`]
      : locator.notes
    return { engine, frames, stack, notes }
  }

  #withSource(parsed: readonly StackFrame[], located: readonly Places[], locator: Locator): EngineFrame[] {
    const frames: EngineFrame[] = []
    let app = 0
    let others = 0
    for (const [index, { exact }] of parsed.entries()) {
      const place = located[index]
      if (place?.own) continue
      const kind = place?.kind ?? 'node'
      const wanted =
        kind === 'app' ? app++ < appExcerpts : kind === 'dependency' && app === 0 && others++ < otherExcerpts
      const source = wanted && place ? locator.excerpt(place) : undefined
      const frame: Frame = {
        ...bareFrame(parsed[index]!),
        kind,
        location: place ? { file: place.file, line: place.line, column: place.column, exact } : null,
        ...(place?.generated && { generated: place.generated }),
        ...(source && { source }),
      }
      frames.push({ frame })
    }
    return frames
  }
}

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
function mappedStack(text: string, parsed: readonly StackFrame[], located: readonly Places[]): string {
  let mapped = ''
  let from = 0
  for (const [index, { start, end }] of parsed.entries()) {
    const place = located[index]
    if (place?.generated === undefined || start === -1) continue
    mapped += `${text.slice(from, start)}${place.file}:${place.line}:${place.column}`
    from = end
  }
  return mapped + text.slice(from)
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}\n… ${text.length - most} more characters` : text
}
