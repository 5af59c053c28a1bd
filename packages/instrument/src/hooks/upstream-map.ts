import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The map the loader before us has left, in the text or beside the file. */
export function upstreamMap(file: string, source: string): unknown {
  const at = source.lastIndexOf('//# sourceMappingURL=')
  if (at === -1) return undefined
  const url = /^\S+/.exec(source.slice(at + '//# sourceMappingURL='.length))?.[0]
  if (url === undefined) return undefined
  try {
    if (url.startsWith('data:')) {
      const comma = url.indexOf(',')
      const base64 = url.slice(0, comma).endsWith(';base64')
      const body = url.slice(comma + 1)
      return withSources(
        JSON.parse(base64 ? Buffer.from(body, 'base64').toString() : decodeURIComponent(body)),
        file,
      )
    }
    const place = new URL(url, pathToFileURL(file))
    return place.protocol === 'file:'
      ? withSources(JSON.parse(readFileSync(place, 'utf8')), fileURLToPath(place))
      : undefined
  } catch {
    return undefined
  }
}

/** Sources are given relative to the map; from here on they stand on their own. */
export function withSources(map: unknown, base: string): unknown {
  const { sources, sourceRoot } = map as { sources?: unknown; sourceRoot?: unknown }
  if (!Array.isArray(sources)) return undefined
  const root = typeof sourceRoot === 'string' && sourceRoot !== '' ? `${sourceRoot.replace(/\/$/, '')}/` : ''
  return {
    ...(map as object),
    sourceRoot: undefined,
    sources: sources.map((source) =>
      typeof source !== 'string'
        ? source
        : path.isAbsolute(source)
          ? pathToFileURL(source).href
          : new URL(root + source, pathToFileURL(base)).href,
    ),
  }
}
