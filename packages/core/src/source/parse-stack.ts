import { pathOf } from './project.ts'

/** One line of a V8 stack. */
export interface StackFrame {
  /** As V8 prints it (`Cart.total`, `new Cart`, `handle [as run]`), without `async`; empty for an anonymous function. */
  readonly functionName: string
  /** Reached by `await`, not by a call. */
  readonly async: boolean
  /** An absolute path, or a URL or name for what is no file; undefined for a builtin (`Array.map`). */
  readonly file: string | undefined
  /** 1-based; 0 when `file` is undefined. */
  readonly line: number
  readonly column: number
  /** False for evaluated code: the position is that of the `eval`. */
  readonly exact: boolean
  /** A `->` line of Node gave the original position: it is mapped already. */
  readonly mapped: boolean
  /** Where `file:line:column` stands in the text, for those who rewrite it; -1 when it is not written so. */
  readonly start: number
  readonly end: number
}

export interface StackHeader {
  /** The error's message, with which the text begins: lines in it are not frames. */
  readonly message?: string
  /** @default 1_000 */
  readonly most?: number
}

const indent = '    at '
/** Node with source maps, in its older form: the original position of the frame above. */
const arrow = '    -> '
/** More text than this is not read. */
const longest = 1024 * 1024
/** A longer line (a data: URL) is read without its middle. */
const longestLine = 2048

/**
 * The frames in the text of `error.stack`, innermost first, in time proportional to the text. Never throws; text
 * that is no stack has none.
 */
export function parseStack(text: string, header: StackHeader = {}): StackFrame[] {
  const { most = 1_000 } = header
  const frames: StackFrame[] = []
  const stop = Math.min(text.length, longest)
  let at = framesStart(text, header.message ?? '', stop)
  while (at < stop && frames.length < most) {
    const newline = text.indexOf('\n', at)
    const end = newline === -1 || newline > stop ? stop : newline
    if (text.startsWith(indent, at)) {
      const frame = parseLine(text, at + indent.length, trimmedEnd(text, end))
      if (frame !== undefined) frames.push(frame)
    } else if (text.startsWith(arrow, at)) {
      const place = placeOf(shortened(text, at + arrow.length, trimmedEnd(text, end)))
      const before = frames.at(-1)
      if (before !== undefined && place !== undefined) frames[frames.length - 1] = mapped(before, place)
    } else break
    at = end + 1
  }
  return frames
}

/** The start of the first line of frames: behind the message, where lines of it look like frames. */
function framesStart(text: string, message: string, stop: number): number {
  const first = nextFrameLine(text, 0, stop)
  if (!message.includes(indent)) return first
  // A search for all of it could take the product of both lengths.
  const beginning = message.slice(0, 64)
  let found = text.indexOf(beginning)
  for (let tries = 0; tries < 10 && found !== -1 && found <= first; tries += 1) {
    if (text.startsWith(message, found)) {
      // The rest of the header's line belongs to it.
      const newline = text.indexOf('\n', found + message.length)
      return newline === -1 ? stop : nextFrameLine(text, newline + 1, stop)
    }
    found = text.indexOf(beginning, found + 1)
  }
  return first
}

function nextFrameLine(text: string, from: number, stop: number): number {
  let at = from
  while (at < stop && !text.startsWith(indent, at)) {
    const newline = text.indexOf('\n', at)
    if (newline === -1) return stop
    at = newline + 1
  }
  return at
}

function trimmedEnd(text: string, end: number): number {
  return text.charCodeAt(end - 1) === 13 ? end - 1 : end
}

/** The line, and of one that is too long its ends. */
function shortened(text: string, from: number, end: number): string {
  if (end - from <= longestLine) return text.slice(from, end)
  return `${text.slice(from, from + longestLine / 2)}…${text.slice(end - longestLine / 2, end)}`
}

/** `[async ]name (place)` or `[async ]place`. */
function parseLine(text: string, start: number, end: number): StackFrame | undefined {
  const isAsync = text.startsWith('async ', start)
  const from = isAsync ? start + 6 : start
  const whole = end - from <= longestLine
  const line = shortened(text, from, end)
  const open = line.endsWith(')') ? openingOf(line) : -1
  if (open === -1) {
    const place = placeOf(line)
    return place && frame('', isAsync, place, line, whole ? from : -1)
  }
  const name = line.slice(0, open)
  const inside = line.slice(open + 2, -1)
  if (/^index \d+$/.test(inside)) return frame(`${name} (${inside})`, isAsync, noPlace, '', -1)
  const place = placeOf(inside)
  return (
    place && frame(name === '<anonymous>' ? '' : name, isAsync, place, inside, whole ? from + open + 2 : -1)
  )
}

interface Place {
  readonly file: string | undefined
  readonly line: number
  readonly column: number
  readonly exact: boolean
}

const noPlace: Place = { file: undefined, line: 0, column: 0, exact: true }

function frame(
  functionName: string,
  async: boolean,
  place: Place,
  written: string,
  start: number,
): StackFrame {
  const rewritable = place.file !== undefined && place.exact && start !== -1
  return {
    functionName,
    async,
    ...place,
    mapped: false,
    start: rewritable ? start : -1,
    end: rewritable ? start + written.length : -1,
  }
}

function mapped(frame: StackFrame, { file, line, column }: Place): StackFrame {
  return { ...frame, file, line, column, mapped: true, start: -1, end: -1 }
}

/** What a place can begin with; names and paths may hold parentheses, so it is what tells them apart. */
const placeStart =
  /^(?:\/|[A-Za-z]:[\\/]|\\\\|[a-z][a-z+.-]+:|eval at |native$|<anonymous>|index \d+$|\[eval|evalmachine\.)/

/** Where ` (` opens the parenthesis that closes at the end of the line. */
function openingOf(line: string): number {
  let depth = 0
  for (let at = line.length - 1; at > 0; at -= 1) {
    const code = line.charCodeAt(at)
    if (code === 41) depth += 1
    else if (code === 40 && --depth <= 0) {
      if (line.charCodeAt(at - 1) === 32 && placeStart.test(line.slice(at + 1, at + 32).replace(/\)$/, '')))
        return at - 1
      if (depth < 0) depth = 0
    }
  }
  return line.lastIndexOf(' (')
}

function placeOf(written: string): Place | undefined {
  if (written === 'native' || written.startsWith('<anonymous>')) return noPlace
  if (written.startsWith('eval at ')) return originOf(written)
  const wasm = /^(wasm:.{0,500}):wasm-function\[\d+\]:0x([\da-f]{1,8})$/.exec(written)
  if (wasm) return { file: wasm[1]!, line: 1, column: Number.parseInt(wasm[2]!, 16) + 1, exact: true }
  const numbers = /:(\d{1,9})(?::(\d{1,9}))?$/.exec(written.slice(-22))
  if (numbers === null) return undefined
  const file = unquoted(written.slice(0, written.length - numbers[0].length))
  if (file === '') return undefined
  const name = file.startsWith('data:') && file.length > 100 ? `${file.slice(0, 100)}…` : pathOf(file)
  return { file: name, line: Number(numbers[1]), column: Number(numbers[2] ?? 1), exact: true }
}

/** Some name the code they make by a string in its `sourceURL` (EJS). */
function unquoted(name: string): string {
  return name.length > 2 && name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1) : name
}

/** `eval at f (eval at g (/file.js:1:2), <anonymous>:1:1), <anonymous>:3:4`: the file is in the innermost pair. */
function originOf(written: string): Place {
  const innermost = written.slice(written.lastIndexOf('eval at '))
  const open = innermost.indexOf(' (')
  if (open === -1) return noPlace
  const close = innermost.indexOf('), ', open)
  const inside = innermost.slice(open + 2, close === -1 ? innermost.length : close)
  // An eval right inside of another: `eval at f (eval at g (/file.js:1:2)), …`.
  const place = placeOf(inside.replace(/\)+$/, ''))
  return place === undefined || place.file === undefined ? noPlace : { ...place, exact: false }
}
