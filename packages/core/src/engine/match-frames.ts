import type { Place } from './instrument-runtime.ts'
import { isBefore, type Placed } from './placed-frame.ts'

/** A line of a stack that is shown. */
export interface Line {
  /** Among the frames of the stack. */
  readonly index: number
  readonly functionName: string
  readonly kind: 'app' | 'dependency' | 'node'
  /** Where it stands: the path of the file that runs, or of the original where Node maps stacks. */
  readonly file: string | undefined
  readonly place: Place
}

/** A frame of the report: out of the stack, out of the notes, or both. */
export interface Paired {
  readonly line: Line | undefined
  readonly noted: Placed | undefined
}

/** A stack has no more lines than this unless somebody asks for more. */
const usualLines = 10

/**
 * Gives each noted frame its line of the stack. Both run from the throw outwards; a note without a line keeps its place
 * in the order of the notes.
 */
export function matchFrames(lines: readonly Line[], noted: readonly Placed[]): Paired[] {
  const paired: Paired[] = []
  let at = 0
  let waiting: Placed[] = []
  const lineUpTo = (end: number): void => {
    for (; at < end; at++) paired.push({ line: lines[at]!, noted: undefined })
  }
  const insertWaiting = (): void => {
    for (const placed of waiting) paired.push({ line: undefined, noted: placed })
    waiting = []
  }
  for (const placed of noted) {
    const found = lineOf(placed, lines, at)
    if (found === -1) {
      waiting.push(placed)
      continue
    }
    lineUpTo(found)
    insertWaiting()
    paired.push({ line: lines[found]!, noted: placed })
    at = found + 1
  }
  if (waiting.length > 0) {
    // What Node did before it called; all of a stack that was cut stands before what is not in it.
    let end = at
    if (lines.length >= usualLines) end = lines.length
    else while (end < lines.length && lines[end]!.kind === 'node') end++
    lineUpTo(end)
    insertWaiting()
  }
  lineUpTo(lines.length)
  return paired
}

function lineOf(placed: Placed, lines: readonly Line[], from: number): number {
  let second = -1
  for (let index = from; index < lines.length; index++) {
    const line = lines[index]!
    if (!contains(placed, line)) continue
    const isSame = lastName(line.functionName) === lastName(placed.frame.functionName)
    if (placed.isMapped ? isSame : placed.isInnermost(line.place)) return index
    if (second === -1 && (placed.isMapped || isSame)) second = index
  }
  return second
}

function contains({ located, last, isMapped, frame }: Placed, { file, place, functionName }: Line): boolean {
  if (located === undefined || file === undefined) return false
  if (!isMapped) return file === (located.generated?.file ?? located.file) && frame.contains(place)
  if (file !== located.file || isBefore(place, located)) return false
  return last === undefined || !isBefore(last, place) || lastName(functionName) === frame.functionName
}

/** `total` of `async Cart.total [as sum]`. */
function lastName(name: string): string {
  return name
    .replace(/ \[as .*$/, '')
    .replace(/^(?:new|get|set) /, '')
    .replace(/^.*\./, '')
}
