import type { Place } from './instrument-runtime.ts'
import type { Placed } from './placed-frame.ts'

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
  /** Where the noted frame stands, in the text that was instrumented; undefined where that is not known. */
  readonly at?: Place | undefined
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
    const { index: found, at: place } = lineOf(placed, lines, at)
    if (found === -1) {
      waiting.push(placed)
      continue
    }
    lineUpTo(found)
    insertWaiting()
    paired.push({ line: lines[found]!, noted: placed, at: place })
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

/**
 * Frames of an earlier throw of the same error, for lines of its stack that nobody has told of this time: the stack is
 * that of where the error was made.
 */
export function fillFrames(paired: readonly Paired[], earlier: readonly Placed[]): Paired[] {
  const left = [...earlier]
  return paired.map((pair) => {
    const { line, noted } = pair
    if (line === undefined || noted !== undefined || line.kind === 'node') return pair
    const found = left.findIndex((placed) => placed.standsAt(line)?.isInnermost === true)
    if (found === -1) return pair
    const [placed] = left.splice(found, 1)
    return { line, noted: placed, at: placed!.standsAt(line)!.at }
  })
}

/** The top level of modules, for lines of the user that stand in no function. */
export function addModules(
  paired: readonly Paired[],
  moduleAt: (line: Line) => Placed | undefined,
): readonly Paired[] {
  return paired.map((pair) => {
    const { line, noted } = pair
    if (line === undefined || noted !== undefined || line.kind !== 'app') return pair
    // `Object.<anonymous>` and `<anonymous>`; of ES modules Node names nothing
    const isNameless = line.functionName === '' || line.functionName.endsWith('<anonymous>')
    return isNameless ? { line, noted: moduleAt(line) } : pair
  })
}

function lineOf(
  placed: Placed,
  lines: readonly Line[],
  from: number,
): { index: number; at: Place | undefined } {
  let second: { index: number; at: Place | undefined } | undefined
  for (let index = from; index < lines.length; index++) {
    const line = lines[index]!
    const isSame = lastName(line.functionName) === lastName(placed.frame.functionName)
    const stands = placed.standsAt(line)
    if (stands?.isInnermost === true) return { index, at: stands.at }
    if (second === undefined && isSame && (stands !== undefined || isOfFile(placed, line)))
      second = { index, at: stands?.at }
  }
  return second ?? { index: -1, at: undefined }
}

/** A map that does not know the place: the name of the function has to do. */
function isOfFile({ located, frame }: Placed, { file, functionName }: Line): boolean {
  return located?.generated === undefined
    ? false
    : file === located.file && lastName(functionName) === frame.functionName && frame.functionName !== ''
}

/** `total` of `async Cart.total [as sum]`. */
function lastName(name: string): string {
  return name
    .replace(/ \[as .*$/, '')
    .replace(/^(?:new|get|set) /, '')
    .replace(/^.*\./, '')
}
