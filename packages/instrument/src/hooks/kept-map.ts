import Module from 'node:module'
import { withSources } from './upstream-map.ts'

interface SourceMapSupport {
  retrieveSourceMap?: (file: string) => { readonly url?: unknown; readonly map?: unknown } | null | undefined
}

const module = /[/\\](?:@cspotcode[/\\])?source-map-support[/\\]source-map-support\.js$/

/**
 * The map of a compiler that tells it to nobody but `source-map-support`, as `@swc/register`, `@babel/register` and
 * `esbuild-register` do.
 */
export function keptMap(file: string): unknown {
  const { _cache: loaded } = Module as unknown as { _cache: Record<string, Module | undefined> }
  for (const name of Object.keys(loaded)) {
    if (!module.test(name)) continue
    const found = (loaded[name]?.exports as SourceMapSupport | undefined)?.retrieveSourceMap?.(file)
    const map: unknown = typeof found?.map === 'string' ? JSON.parse(found.map) : found?.map
    if (typeof map === 'object' && map !== null) return withSources(map, file)
  }
  return undefined
}
