/** A stop before requests of a route. */
export interface RouteBreak {
  readonly number: number
  /** In capitals; undefined: every method. */
  readonly method: string | undefined
  /** As it was typed: `/orders/:id`, `/files/*`. */
  readonly path: string
  /** Requests it has stopped. */
  hits: number
}

/** Stops that were set at a prompt. */
const most = 100

/** Where requests are held when they arrive. */
export class RouteBreaks {
  readonly #breaks: Array<RouteBreak & { readonly pattern: RegExp }> = []
  #count = 0

  get isEmpty(): boolean {
    return this.#breaks.length === 0
  }

  list(): readonly RouteBreak[] {
    return this.#breaks
  }

  /** @param path begins with a slash; `:name` stands for a segment, `*` for anything */
  add(method: string | undefined, path: string): RouteBreak {
    const known = this.#breaks.find((one) => one.method === method && one.path === path)
    if (known !== undefined) return known
    const added = { number: ++this.#count, method, path, hits: 0, pattern: patternOf(path) }
    this.#breaks.push(added)
    if (this.#breaks.length > most) this.#breaks.shift()
    return added
  }

  /** @returns how many there were to remove; `number` undefined: all */
  remove(number?: number): number {
    const before = this.#breaks.length
    const kept = number === undefined ? [] : this.#breaks.filter((one) => one.number !== number)
    this.#breaks.splice(0, before, ...kept)
    return before - kept.length
  }

  /** The first one that this request meets. */
  match(method: string, url: string): RouteBreak | undefined {
    const path = url.replace(/[?#].*$/s, '')
    const found = this.#breaks.find(
      (one) => (one.method === undefined || one.method === method) && one.pattern.test(path),
    )
    if (found !== undefined) found.hits++
    return found
  }
}

function patternOf(path: string): RegExp {
  const source = path
    .replace(/(.)\/$/, '$1')
    .split(/(:\w+|\*)/)
    .map((part) => {
      if (part === '*') return '.*'
      return part.startsWith(':') ? '[^/]+' : part.replace(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`)
    })
    .join('')
  return new RegExp(`^${source}/?$`, 's')
}
