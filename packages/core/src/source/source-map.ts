// Not by its names: bundles of ES modules mostly begin with an import of createRequire, which must not be there twice.
import Module from 'node:module'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import bundled from 'source-map-support'
import { isInside, ownFile, pathOf, roots, shortName } from './project.ts'
import { type FileChecks, type ReadableFile, type Refusal, textOf } from './readable.ts'

/** Bytes of the largest map that is read. */
const largestMap = 50 * 1024 * 1024
/** Characters of the mappings in it: decoding them stops the process for about 0.3 s for each million. */
const longestMappings = 8 * 1024 * 1024
/** Bytes of the largest generated file that is searched for its map. */
const largestGenerated = 50 * 1024 * 1024
/** Bytes of maps and generated files that are kept. */
const keptBytes = 200 * 1024 * 1024

/** A position in the code that Node runs, 1-based. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Where the original of a generated position is. */
export interface Original {
  /** A path, or a URL for a source that is no file (`webpack://app/src/a.ts`). */
  readonly file: string
  readonly line: number
  readonly column: number
  /** The source, where the map brings it along. */
  readonly text?: string
}

type Library = Pick<typeof bundled, 'mapSourcePosition'>

/** What is known of one generated file. */
interface Generated {
  readonly stamp: string
  /** The `.map` beside it and its state; absent for inline maps and without one. */
  readonly map?: { readonly file: string; readonly stamp: string }
  /** Its sources by the path the library makes of them; undefined when there is no map to use. */
  readonly sources?: ReadonlyMap<string, string | undefined>
  /** The folder its sources are relative to. */
  readonly folder?: string
  /** Why there is no map. */
  readonly note?: string
  readonly bytes: number
}

/** A map could not be used; the message says why. */
class MapFault extends Error {}

const inline = /^data:application\/json[^,]+base64,/
/** As in source-map-support, which takes the last one. */
const mappingUrl =
  /(?:\/\/[@#][\s]*sourceMappingURL=([^\s'"]+)[\s]*$)|(?:\/\*[@#][\s]*sourceMappingURL=([^\s*'"]+)[\s]*(?:\*\/)[\s]*$)/gm

/**
 * Source maps of the project's generated files. Positions are looked up by `source-map-support`, which reads whatever
 * path a `sourceMappingURL` names and keeps it for ever; so it is asked only for files whose map was found in the
 * project and checked here first, and is thrown away when one of them has changed.
 */
export class SourceMaps {
  readonly #generated = new Map<string, Generated>()
  #library: Library | undefined
  #bytes = 0

  /** Looks a position up, 1-based; undefined when there is no map or nothing in it. Never throws. */
  original(
    { file, line, column }: Position,
    checks: FileChecks,
    note: (text: string) => void,
  ): Original | undefined {
    const onDisk = checks.readable(file, 'source')
    if (typeof onDisk === 'string') return undefined
    const generated = this.#lookUp(file, onDisk, checks)
    if (generated.note !== undefined) note(generated.note)
    if (generated.sources === undefined) return undefined
    if (onDisk.changed > performance.timeOrigin) {
      note(`${shortName(file)} was written after this process started: its source map may not fit what runs`)
    }
    try {
      this.#library ??= freshLibrary()
      const found = this.#library.mapSourcePosition({ source: file, line, column: column - 1 })
      // It hands the position back where the map has none.
      if (found.source === file || !generated.sources.has(found.source)) return undefined
      if (!Number.isInteger(found.line) || found.line < 1) return undefined
      const text = generated.sources.get(found.source)
      return {
        file: namedFile(found.source, generated.folder!, text !== undefined, checks),
        line: found.line,
        column: (found.column ?? 0) + 1,
        ...(text === undefined ? {} : { text }),
      }
    } catch (error) {
      const fault = `The source map of ${shortName(file)} could not be read: ${reasonOf(error)}`
      this.#generated.set(file, { stamp: generated.stamp, bytes: generated.bytes, note: fault })
      note(fault)
      return undefined
    }
  }

  #lookUp(file: string, onDisk: ReadableFile, checks: FileChecks): Generated {
    const before = this.#generated.get(file)
    if (before !== undefined) {
      if (before.stamp === onDisk.stamp && isUnchanged(before.map, checks)) return before
      this.#reset()
    }
    const generated = load(file, onDisk, checks)
    this.#bytes += generated.bytes
    if (this.#bytes > keptBytes || this.#generated.size > 1_000) this.#reset()
    this.#generated.set(file, generated)
    return generated
  }

  /** The library has no way to forget one file. */
  #reset(): void {
    this.#generated.clear()
    this.#library = undefined
    this.#bytes = 0
  }
}

function isUnchanged(map: Generated['map'], checks: FileChecks): boolean {
  return map === undefined || stampOf(checks.readable(map.file, 'map')) === map.stamp
}

function stampOf(file: ReadableFile | Refusal): string {
  return typeof file === 'string' ? file : file.stamp
}

function load(file: string, onDisk: ReadableFile, checks: FileChecks): Generated {
  const none: Generated = { stamp: onDisk.stamp, bytes: 0 }
  const url =
    onDisk.size > largestGenerated ? undefined : mappingUrlOf(textOf(onDisk, largestGenerated) ?? '')
  if (url === undefined) return none
  let map: Generated['map']
  try {
    if (inline.test(url)) {
      const text = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64').toString()
      return { ...none, ...sourcesOf(text, dirname(file)), bytes: onDisk.size + text.length }
    }
    if (url.startsWith('data:')) throw new MapFault('its data: URL is not base64')
    if (/^(?:[a-z][a-z\d+.-]*:|\/\/|\\\\)/i.test(url) && !/^[a-z]:[\\/]/i.test(url))
      throw new MapFault('it is at a URL, and nothing is fetched')
    const path = resolve(dirname(file), url)
    const found = checks.readable(path, 'map')
    map = { file: path, stamp: stampOf(found) }
    if (typeof found === 'string') throw new MapFault(faultOf(found, path))
    const text = textOf(found, largestMap)
    if (text === undefined)
      throw new MapFault(`${shortName(path)} is larger than ${largestMap / 2 ** 20} MiB`)
    return { ...none, map, ...sourcesOf(text, dirname(path)), bytes: onDisk.size + found.size }
  } catch (error) {
    const note = `The source map of ${shortName(file)} could not be read: ${reasonOf(error)}`
    return { ...none, ...(map === undefined ? {} : { map }), note }
  }
}

function mappingUrlOf(text: string): string | undefined {
  const count = text.split('sourceMappingURL=', 101).length - 1
  // The expression takes time in proportion to their number.
  if (count === 0 || count > 100) return undefined
  const last = [...text.matchAll(mappingUrl)].at(-1)
  // The library reads only the first form.
  return last?.[1]
}

function faultOf(refusal: Refusal, path: string): string {
  if (refusal === 'missing') return `${shortName(path)} does not exist`
  if (refusal === 'unreadable') return `${shortName(path)} cannot be read`
  return `${path} lies outside the project or is no map`
}

function reasonOf(error: unknown): string {
  if (error instanceof MapFault) return error.message
  const message = error instanceof Error ? error.message : String(error)
  return message.length > 200 ? `${message.slice(0, 200)}…` : message
}

/** Reads the names and texts of the sources, as the library will resolve them. */
function sourcesOf(text: string, folder: string): Pick<Generated, 'sources' | 'folder'> {
  const sources = new Map<string, string | undefined>()
  for (const map of partsOf(JSON.parse(text.replace(/^\)\]\}'[^\n]*\n/, '')))) {
    const contents = Array.isArray(map.sourcesContent) ? (map.sourcesContent as unknown[]) : []
    const root = typeof map.sourceRoot === 'string' ? map.sourceRoot : ''
    for (const [index, source] of (map.sources as unknown[]).entries()) {
      if (typeof source !== 'string') continue
      const content = contents[index]
      const path = resolve(folder, root === '' || isAbsolute(source) ? source : join(root, source))
      sources.set(path, typeof content === 'string' ? content : undefined)
    }
  }
  return { sources, folder }
}

interface Part {
  readonly sources: unknown
  readonly mappings?: unknown
  readonly sourceRoot?: unknown
  readonly sourcesContent?: unknown
}

function partsOf(map: unknown): Part[] {
  if (typeof map !== 'object' || map === null) throw new MapFault('it is no source map')
  const { sections } = map as { sections?: unknown }
  const parts = Array.isArray(sections)
    ? sections.map((section: unknown) => (section as { map?: unknown } | null)?.map)
    : [map]
  let length = 0
  for (const part of parts) {
    const { sources, mappings } = (part ?? {}) as Partial<Part>
    if (!Array.isArray(sources) || typeof mappings !== 'string') throw new MapFault('it is no source map')
    length += mappings.length
  }
  if (length > longestMappings)
    throw new MapFault('it would take seconds to decode; "node --enable-source-maps" maps while it loads')
  return parts as Part[]
}

/** What the library made a path of may have been a URL: `<folder>/webpack:/app/src/a.ts`. */
function namedFile(path: string, folder: string, hasText: boolean, checks: FileChecks): string {
  const below = relative(folder, path).split(sep).join('/')
  const url = /^([a-z][a-z\d+.-]+):\/(.*)$/i.exec(below)
  if (url === null) return path
  const [, scheme = '', rest = ''] = url
  if (scheme === 'file') return pathOf(`file:///${rest}`)
  const name = `${scheme}://${rest}`
  if (/^https?$/i.test(scheme)) return name
  // A bundler's name: the path from its project, mostly behind the name of the project.
  const [, ...withoutName] = rest.split('/')
  for (const root of roots()) {
    for (const file of [join(root, rest), join(root, ...withoutName)]) {
      if (isInside(file, root) && typeof checks.readable(file, 'source') !== 'string') return file
    }
  }
  return hasText ? name : path
}

/**
 * Its own copy of the library: the shared one may have been installed by the application, with handlers of its own,
 * and never forgets. A bundle has only the copy inside it.
 */
function freshLibrary(): Library {
  try {
    const require = Module.createRequire(ownFile)
    const file = require.resolve('source-map-support')
    const shared = require.cache[file]
    delete require.cache[file]
    try {
      return require(file) as Library
    } finally {
      if (shared === undefined) delete require.cache[file]
      else require.cache[file] = shared
    }
  } catch {
    return bundled
  }
}

/** The original by the map that Node itself holds, where it runs with source maps and a loader has made one in memory. */
export function originalInNode(script: string, line: number, column: number): Original | undefined {
  try {
    const found = Module.findSourceMap(script)?.findEntry(line - 1, column - 1)
    if (found === undefined || !('originalSource' in found) || typeof found.originalSource !== 'string')
      return undefined
    return {
      file: pathOf(found.originalSource),
      line: found.originalLine + 1,
      column: found.originalColumn + 1,
    }
  } catch {
    return undefined
  }
}
