/** A layer of Express's router, as far as it tells where it was mounted. */
export interface MountLayer {
  /** What Express 4 made of its path. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean }
  readonly keys?: ReadonlyArray<{ readonly name?: unknown }>
  /** `router` from 2.3 on. */
  readonly rawPath?: unknown
  /** All that earlier versions of `router` 2 keep. */
  readonly matchers?: unknown
  readonly slash?: boolean
}

const mostPaths = 20

/** Where a layer is mounted, a router under several paths under each; empty for `/`, `/…` where nothing tells. */
export function mountPaths(layer: MountLayer): readonly string[] {
  const { regexp, keys = [], rawPath, matchers, slash } = layer
  if (slash === true || regexp?.fast_slash === true) return ['']
  if (regexp !== undefined) return [ofExpress4(regexp, keys)]
  const given = [rawPath].flat(Infinity).slice(0, mostPaths) as unknown[]
  if (given.some((path) => typeof path === 'string' || path instanceof RegExp)) {
    return given.map((path) =>
      path === '/'
        ? ''
        : typeof path === 'string'
          ? path
          : path instanceof RegExp
            ? `/(${path.source})`
            : '/…',
    )
  }
  if (!Array.isArray(matchers)) return ['/…']
  return matchers.slice(0, mostPaths).flatMap((matcher) => ofMatcher(matcher))
}

/** What path-to-regexp 0.1 made of it. */
function ofExpress4({ source }: RegExp, keys: ReadonlyArray<{ readonly name?: unknown }>): string {
  let at = 0
  return source
    .replace(/^\^/, '')
    .replace(String.raw`\/?(?=\/|$)`, '')
    .replace(/\(\?:(\\\/)?\((?:\[\^\\?\/\]|\(\?:\(\?![^)]*\)\.\))\+\?\)\)/g, (_, slash = '') => {
      const name = keys[at++]?.name
      return `${slash}:${typeof name === 'string' ? name : 'param'}`
    })
    .replace(/\\(\W)/g, '$1')
}

/**
 * A matcher is a closure over a regular expression of path-to-regexp 8 and the names of its groups. Asked once, while
 * `exec` is ours, it shows the expression, and from a match of our making it makes the names. Nothing else runs
 * meanwhile.
 */
function ofMatcher(matcher: unknown): string[] {
  if (typeof matcher !== 'function') return ['/…']
  let source: string | undefined
  let names: readonly string[] = []
  const { prototype } = RegExp
  const { exec } = prototype
  try {
    prototype.exec = function execOnce(this: RegExp, text: string): RegExpExecArray | null {
      if (source !== undefined) return Reflect.apply(exec, this, [text])
      source = this.source
      const groups = Reflect.apply(exec, new RegExp(`${source}|`), [''])!.length - 1
      const match = ['/', ...Array.from({ length: groups }, (_, at) => String(at))]
      return Object.assign(match, { index: 0, input: text }) as unknown as RegExpExecArray
    }
    const { params = {} } = (matcher as (path: string) => { params?: object })('/') ?? {}
    const byGroup: string[] = []
    for (const [name, at] of Object.entries(params)) byGroup[Number(at)] = name
    names = byGroup
  } catch {
    // Another version than those that are known.
  } finally {
    prototype.exec = exec
  }
  return source === undefined ? ['/…'] : textsOf(source, names)
}

const frame = /^\^\(\?:([^]*)\)\(\?:\\\/\$\)\?(?:\$|\(\?=\\\/\|\$\))$/

/** The paths an expression of path-to-regexp 8 was made of: optional parts make several. */
function textsOf(source: string, names: readonly string[]): string[] {
  const inner = frame.exec(source)?.[1]
  if (inner === undefined) return [`/(${source})`]
  let at = 0
  let texts = ['']
  let depth = 0
  let group = ''
  for (const part of inner.match(/\\[^]|\[(?:\\[^]|[^\]])*\]|[^]/g) ?? []) {
    if (part === '(') depth++
    if (depth > 0) group += part
    else if (part === '|') texts.push('')
    else texts[texts.length - 1] += part.startsWith('\\') ? part.slice(1) : part
    if (part !== ')' || --depth > 0) continue
    // A wildcard takes slashes too.
    const sign = /\[\^[^\]]/.test(group) ? ':' : '*'
    texts[texts.length - 1] += `${sign}${names[at++] ?? 'param'}`
    group = ''
  }
  texts = texts.slice(0, mostPaths)
  return texts.map((text) => (text === '/' ? '' : text))
}
