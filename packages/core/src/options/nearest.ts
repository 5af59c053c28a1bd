/**
 * The known name that a mistyped one is nearest to: other case, or few letters added, left out, changed or swapped.
 * Undefined when none is near.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  // What is far longer than any name is no slip of the finger.
  if (name.length > 64) return undefined
  let best: string | undefined
  let least = Infinity
  for (const candidate of known) {
    const distance = distanceBetween(plain(name), plain(candidate))
    const allowed = Math.ceil(candidate.length / 3)
    if (distance <= allowed && distance < least) {
      best = candidate
      least = distance
    }
  }
  return best
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, '')
}

/** Optimal string alignment distance: a swap of neighbours counts one. */
function distanceBetween(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const changed = from[row - 1] === to[column - 1] ? 0 : 1
      let cost = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + changed)
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, beforeLast[column - 2]! + 1)
      current[column] = cost
    }
    beforeLast = last
    last = current
  }
  return last[to.length]!
}
