/** Whether a version is in a range such as `^4.18.0 || >=22.12.0`: the kinds our own packages use. */
export function inRange(version: string, range: string): boolean {
  const at = numbers(version)
  return range.split('||').some((part) => {
    const [, operator, from] = /^\s*(\^|>=)?\s*(\d[\d.]*)\s*$/.exec(part) ?? []
    if (from === undefined) return false
    const least = numbers(from)
    return compare(at, least) >= 0 && (operator !== '^' || at[0] === least[0])
  })
}

function numbers(version: string): number[] {
  return version.split(/[.-]/).slice(0, 3).map(Number)
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let at = 0; at < 3; at++) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
