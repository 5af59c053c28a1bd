import { ThrowpointError } from '../../errors.ts'
import type { Command, Outcome } from '../command.ts'
import { displayLines } from '../displays.ts'
import { isShown, stackLines } from '../stack-lines.ts'
import type { Turn } from '../turn.ts'
import { filterOf } from './filter.ts'
import { here } from './source.ts'

const where: Command = {
  name: 'where',
  aliases: ['w', 'bt', 'backtrace'],
  arguments: '[n] [/regexp/]',
  group: 'frames',
  help: 'The frames, from the throw outwards; `where!` shows those of dependencies and Node too',
  details:
    'The selected frame is marked. `async` stands before functions that are waited for. Frames of dependencies and of Node are folded to a count.',
  example: 'where /cart/',
  takesBang: true,
  run(turn, args, bang) {
    const { session, paint } = turn
    const { number, filter } = countAndFilter(args)
    const lines = stackLines(session.frames, {
      selected: session.frame,
      cwd: session.report.process.cwd,
      paint,
      all: bang,
      most: number ?? 50,
      filter,
    })
    const data = session.frames.map((frame, index) => frameData(turn, index, frame.kind))
    return { lines, data: { selected: session.frame, frames: data } }
  },
}

function countAndFilter(args: string): { number: number | undefined; filter: RegExp | undefined } {
  const count = /^\d+/.exec(args)?.[0]
  const rest = args.slice(count?.length ?? 0).trim()
  return {
    number: count === undefined ? undefined : Number(count),
    filter: rest === '' ? undefined : filterOf(rest),
  }
}

export function frameData(turn: Turn, index: number, kind: string): object {
  const { functionName, async: isAsync, birth, live, location } = turn.session.frames[index]!
  return { index, functionName, kind, async: isAsync, birth, live, location }
}

const up: Command = {
  name: 'up',
  aliases: ['u'],
  arguments: '[n]',
  group: 'frames',
  help: 'To the frame that called, outwards; `up!` stops at every frame',
  details:
    'Goes over frames of dependencies and of Node, unless it is `up!` or `u!`. An empty line repeats it.',
  example: 'up 2',
  takesBang: true,
  repeats: true,
  run: (turn, args, bang) => move(turn, countOf(args), bang, 1),
}

const down: Command = {
  name: 'down',
  aliases: ['d'],
  arguments: '[n]',
  group: 'frames',
  help: 'To the frame that was called, inwards; `down!` stops at every frame',
  details: 'The other way than `up`. An empty line repeats it.',
  example: 'down',
  takesBang: true,
  repeats: true,
  run: (turn, args, bang) => move(turn, countOf(args), bang, -1),
}

function countOf(args: string): number {
  if (args === '') return 1
  if (/^[1-9]\d*$/.test(args)) return Number(args)
  throw new ThrowpointError('TP_BAD_COMMAND', `How many frames? A number, not ${JSON.stringify(args)}.`)
}

async function move(turn: Turn, count: number, every: boolean, direction: 1 | -1): Promise<Outcome> {
  const { session } = turn
  const { frames } = session
  let at = session.frame
  for (let left = count; left > 0; left--) {
    let next = at + direction
    while (next >= 0 && next < frames.length && !every && !isShown(frames, next)) next += direction
    if (next < 0 || next >= frames.length) break
    at = next
  }
  if (at === session.frame) throw atTheEnd(turn, every, direction)
  return select(turn, at)
}

function atTheEnd({ session }: Turn, every: boolean, direction: 1 | -1): ThrowpointError {
  const which = direction === 1 ? 'outermost' : 'innermost'
  const beyond = direction === 1 ? session.frame < session.frames.length - 1 : session.frame > 0
  const more =
    beyond && !every
      ? ` Behind it are only frames of others: "${direction === 1 ? 'up!' : 'down!'}" goes there.`
      : ''
  return new ThrowpointError(
    'TP_BAD_COMMAND',
    `This is the ${which} frame${every ? '' : ' of yours'}.${more}`,
  )
}

const frame: Command = {
  name: 'frame',
  aliases: ['f'],
  arguments: '[n]',
  group: 'frames',
  help: 'To the frame with this number, as `where` shows them; without a number the selected one again',
  details: 'Commands and JavaScript that follow see the variables of the selected frame.',
  example: 'frame 3',
  run(turn, args) {
    const { session } = turn
    if (args === '') return select(turn, session.frame)
    const number = /^#?(\d+)$/.exec(args)?.[1]
    const last = session.frames.length - 1
    if (number === undefined || Number(number) > last) {
      const which =
        last < 0 ? 'There are no frames.' : `There are the frames 0 to ${last}; "where!" lists them.`
      throw new ThrowpointError('TP_BAD_COMMAND', `No frame ${JSON.stringify(args)}. ${which}`)
    }
    return select(turn, Number(number))
  },
}

async function select(turn: Turn, index: number): Promise<Outcome> {
  const { session } = turn
  if (session.frames[index] === undefined) throw new ThrowpointError('TP_BAD_COMMAND', 'There are no frames.')
  session.select(index)
  const displays = await displayLines(turn)
  return {
    lines: [...here(turn), ...displays.lines],
    data: { ...frameData(turn, index, session.frames[index].kind), displays: displays.data },
  }
}

export const frameCommands: readonly Command[] = [where, up, down, frame]
