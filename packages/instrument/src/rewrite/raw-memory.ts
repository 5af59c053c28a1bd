import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Language, SourceKind } from './node.ts'
import { parserPart } from './parser.ts'

/** The way the parser lays its tree out is its own affair: of these versions it is known. */
const knownVersions = new Set(['0.152.0'])

const blockBytes = 2_147_483_632
const blockAlignment = 4_294_967_296
const bufferBytes = 2_147_483_576
/** Source and tree end here. */
const activeBytes = 2_147_483_560
const dataPointer = 536_870_890
/** So long after the last parse the memory is let go of, in milliseconds: untouched as it is, it is counted. */
const idle = 250

// Held from the start: fake timers of an application are not ours.
const { setTimeout } = globalThis

interface Bindings {
  rawTransferSupported?(): boolean
  getBufferOffset(start: Uint8Array): number
  parseRawSync(file: string, block: Uint8Array, start: number, length: number, options: object): void
}

/** The tree of a module as the parser has left it in memory, which the next parse overwrites. */
export interface RawTree {
  readonly bytes: Uint8Array
  readonly words: Int32Array
  /** Where its root stands. */
  readonly root: number
  readonly isAscii: boolean
}

interface Memory {
  readonly bindings: Bindings
  readonly bytes: Uint8Array
  readonly words: Int32Array
  readonly block: Uint8Array
}

let bindings: Bindings | undefined
let isImpossible = false
let memory: Memory | undefined
let isUsed = false
const encoder = new TextEncoder()

/**
 * Parses a module and leaves its tree where the parser has built it. Making objects of it takes several times as long
 * as parsing.
 *
 * @returns undefined where that cannot be: another version of the parser, a small or big-endian machine, a limit on
 *   address space. Most of the six gigabytes it reserves are never touched.
 */
export function parseRaw(
  file: string,
  source: string,
  kind: SourceKind,
  language: Language,
): RawTree | undefined {
  const { bindings: native, bytes, words, block } = (memory ??= open()) ?? {}
  if (native === undefined) return undefined
  isUsed = true
  const start = activeBytes - source.length * 3
  const target = new Uint8Array(bytes!.buffer, bytes!.byteOffset + start, source.length * 3)
  const { written } = encoder.encodeInto(source, target)
  native.parseRawSync(file, block!, start, written, {
    lang: language,
    sourceType: kind,
    showSemanticErrors: true,
  })
  return { bytes: bytes!, words: words!, root: words![dataPointer]!, isAscii: written === source.length }
}

/** The first error, in the words of the parser. */
export function errorOf({ bytes, words, root }: RawTree): string | undefined {
  const list = (root + 272) >> 2
  let entry = words[list]!
  for (let count = words[list + 2]!; count > 0; count--) {
    if (bytes[entry + 72] === 0) {
      const start = words[entry >> 2]!
      return new TextDecoder().decode(bytes.subarray(start, start + words[(entry >> 2) + 2]!))
    }
    entry += 80
  }
  return undefined
}

/** Loads what of the parser is needed here. */
export function canParseRaw(): boolean {
  if (isImpossible) return false
  try {
    bindings ??= load()
  } catch {
    // The parser is not where it should be
  }
  isImpossible = bindings === undefined
  return !isImpossible
}

function open(): Memory | undefined {
  if (!canParseRaw()) return undefined
  try {
    const native = bindings!
    const buffer = new ArrayBuffer(blockBytes + blockAlignment)
    const offset = native.getBufferOffset(new Uint8Array(buffer, 0, 8))
    release()
    return {
      bindings: native,
      bytes: new Uint8Array(buffer, offset, bufferBytes),
      words: new Int32Array(buffer, offset, bufferBytes >> 2),
      block: new Uint8Array(buffer, offset, blockBytes),
    }
  } catch {
    // Limited address space, most likely
    isImpossible = true
    return undefined
  }
}

function load(): Bindings | undefined {
  const [little] = new Uint8Array(new Uint32Array([1]).buffer)
  if (little !== 1 || typeof process === 'undefined' || process.versions['bun'] !== undefined)
    return undefined
  const { folder, load: part } = parserPart()
  const { version } = JSON.parse(readFileSync(path.join(folder, '../package.json'), 'utf8')) as {
    version: string
  }
  if (!knownVersions.has(version)) return undefined
  const loaded = part('bindings.js') as Bindings
  return loaded.rawTransferSupported?.() === true ? loaded : undefined
}

function release(): void {
  setTimeout(() => {
    if (isUsed) {
      isUsed = false
      release()
    } else memory = undefined
  }, idle).unref()
}
