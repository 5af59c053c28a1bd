import { pathToFileURL, fileURLToPath } from 'node:url'
import path from 'node:path'
import { allGeneratedPositionsFor, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import type { Place, UpstreamPlaces } from '../function-table.ts'
import { keptMap } from './kept-map.ts'
import { upstreamMap } from './upstream-map.ts'

type MapInput = ConstructorParameters<typeof TraceMap>[0]

/** The source map a compiler has left in the text that was instrumented, or beside it, read both ways. */
export class Upstream implements UpstreamPlaces {
  readonly inMemory: boolean
  readonly #map: TraceMap
  /** Paths, or URLs for what is no file. */
  readonly #files: readonly (string | undefined)[]

  private constructor(file: string, map: TraceMap) {
    this.#map = map
    this.#files = map.resolvedSources.map((source) => (source === null ? undefined : nameOf(source)))
    this.inMemory = this.#files.includes(file)
  }

  /** @param url of the module, or its path */
  static of(url: string, source: string): Upstream | undefined {
    try {
      const file = url.startsWith('file:') ? fileURLToPath(url) : url
      const map = upstreamMap(file, source) ?? keptMap(file)
      return map === undefined ? undefined : new Upstream(file, new TraceMap(map as MapInput))
    } catch {
      return undefined
    }
  }

  original({ line, column }: Place): (Place & { readonly file: string }) | undefined {
    const found = originalPositionFor(this.#map, { line, column: column - 1 })
    if (found.source === null) return undefined
    const file = this.#files[this.#map.resolvedSources.indexOf(found.source)]
    return file === undefined ? undefined : { file, line: found.line, column: found.column + 1 }
  }

  given(file: string, { line, column }: Place): readonly Place[] {
    const at = this.#files.indexOf(file)
    const source = at === -1 ? undefined : this.#map.resolvedSources[at]
    if (source == null) return []
    const found = allGeneratedPositionsFor(this.#map, { source, line, column: column - 1 })
    return found
      .filter((place) => place.line !== null)
      .map((place) => ({ line: place.line, column: place.column + 1 }))
  }
}

function nameOf(source: string): string {
  if (source.startsWith('file:')) return fileURLToPath(source)
  return path.isAbsolute(source) ? fileURLToPath(pathToFileURL(source)) : source
}
