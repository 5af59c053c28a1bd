import type { EngineInfo, Frame, Limits } from '@throwpoint/protocol'
import { now } from '../primordials.ts'
import type { StackFrame } from '../source/parse-stack.ts'
import type { Engine, EngineFrame, FramesOfThrow, Look } from './engine.ts'
import { instrumentRuntime, type InstrumentRuntime, type NotedFrame } from './instrument-runtime.ts'
import { InstrumentedFrame, type InContext } from './live-frame.ts'
import { addModules, fillFrames, matchFrames, type Paired } from './match-frames.ts'
import { placed, placedModule, type Placed, restored } from './placed-frame.ts'
import { readModuleScopes, readVariables, type Opened } from './read-scopes.ts'
import type { StackEngine, Trace } from './stack-engine.ts'

const used: EngineInfo = { used: 'instrumented', reason: null }
const nothingNoted: EngineInfo = {
  used: 'instrumented',
  reason: 'No instrumented function of yours was on the way of this exception, so there are no variables.',
}

/** Frames with their variables, where `throwpoint/register` has been loaded first; else those of the stack. */
export class InstrumentedEngine implements Engine {
  readonly name = 'instrumented' as const
  readonly #stack: StackEngine
  readonly #limits: Limits
  readonly #inContext: (look: Look) => InContext

  /** @param inContext - how to run code in the context of a request */
  constructor(stack: StackEngine, limits: Limits, inContext: (look: Look) => InContext) {
    this.#stack = stack
    this.#limits = limits
    this.#inContext = inContext
  }

  frames(thrown: unknown, stackText: string, look?: Look): FramesOfThrow {
    const runtime = instrumentRuntime()
    if (runtime === undefined) return this.#stack.frames(thrown, stackText)
    const started = now()
    const restore = (found: StackFrame): StackFrame => restored(found, thrown, stackText, runtime)
    const trace = this.#stack.trace(thrown, stackText, restore)
    let frames: readonly EngineFrame[] = trace.frames
    let omitted = 0
    try {
      const noted = look === undefined ? [] : notedFrames(runtime, thrown, look)
      if (look !== undefined) {
        frames = this.#withVariables(thrown, trace, noted, runtime, look, started)
        for (const frame of noted) omitted += frame.omittedAfter
      }
    } catch {
      // A runtime of another make: what the stack has is what there is.
    }
    const { frames: most } = this.#limits
    const notes = [...trace.notes]
    if (omitted > 0) notes.push(`${omitted} frames of a deep recursion were not kept.`)
    if (frames.length > most) {
      frames = frames.slice(0, most)
      notes.push(`Only the first ${most} frames are shown (limits.frames).`)
    }
    const live = frames.some(({ frame }) => frame.live)
    return { engine: live ? used : nothingNoted, frames, stack: trace.stack, notes: [...new Set(notes)] }
  }

  #withVariables(
    thrown: unknown,
    trace: Trace,
    noted: readonly NotedFrame[],
    runtime: InstrumentRuntime,
    look: Look,
    started: number,
  ): EngineFrame[] {
    const place = (frame: NotedFrame): Placed => placed(frame, trace.locator, runtime)
    const earlier = runtime.earlierFrames?.(thrown, look.exchange) ?? []
    const matched = fillFrames(matchFrames(trace.lines, noted.map(place)), earlier.map(place))
    const paired = addModules(matched, (line) => placedModule(line, runtime))
    const inContext = this.#inContext(look)
    const opened: Opened[] = []
    const frames = paired.map((pair): EngineFrame => {
      const frame = frameOf(pair, trace)
      if (pair.noted === undefined) return { frame }
      const { frame: origin } = pair.noted
      const { at } = pair
      const scopes: Opened['scopes'] = []
      const whole = { ...frame, live: true, scopes } as Opened['frame']
      opened.push({ noted: origin, at, frame: whole, scopes })
      return { frame: whole, live: new InstrumentedFrame(origin, at, inContext) }
    })
    look.reader.excuse(now() - started)
    readVariables(opened, look, this.#limits)
    readModuleScopes(opened, look, this.#limits)
    return frames
  }
}

function notedFrames(
  runtime: InstrumentRuntime,
  thrown: unknown,
  { exchange, isCause }: Look,
): readonly NotedFrame[] {
  return isCause ? runtime.peekFrames(thrown, exchange) : runtime.takeFrames(thrown, exchange)
}

function frameOf({ line, noted }: Paired, { locator, frames }: Trace): Frame {
  const bare = line === undefined ? undefined : frames[line.index]?.frame
  if (bare !== undefined) return noted === undefined ? bare : { ...bare, birth: noted.frame.birth }
  const { frame, located } = noted!
  const source = located === undefined ? undefined : locator.excerpt(located)
  return {
    functionName: frame.functionName,
    kind: 'app',
    async: frame.async,
    live: true,
    birth: frame.birth,
    location:
      located === undefined
        ? null
        : { file: located.file, line: located.line, column: located.column, exact: false },
    ...(located?.generated && { generated: located.generated }),
    ...(source && { source }),
    scopes: [],
  }
}
