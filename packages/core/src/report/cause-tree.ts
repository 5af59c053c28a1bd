import type { Cause } from '@throwpoint/protocol'

/** A cause where it belongs: below the error it caused, or that it is one of. */
export interface CauseBranch {
  readonly cause: Cause
  /** 1 is right below the error that escaped. */
  readonly level: number
  /** `caused by`, `error 2 of 3` */
  readonly label: string
  /** Of one that is shown elsewhere too. */
  readonly again?: 'shown above' | 'shown below'
}

/** The causes of a report, each right below its error. In the report they stand breadth first, with their parents. */
export function causeTree(causes: readonly Cause[]): CauseBranch[] {
  const children = new Map<number, number[]>()
  for (const [index, { parent = -1 }] of causes.entries()) {
    const siblings = children.get(parent)
    if (siblings === undefined) children.set(parent, [index])
    else siblings.push(index)
  }
  const cut = causes.some(({ omitted = 0 }) => omitted > 0)
  const branches: CauseBranch[] = []
  const shown = new Set([-1])
  const waiting = [...(children.get(-1) ?? [])].toReversed().map((index) => ({ index, level: 1 }))
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { index, level } = next
    if (shown.has(index)) continue
    shown.add(index)
    const cause = causes[index]!
    const { relation, parent = -1, ref } = cause
    const number = (cause.index ?? 0) + 1
    const siblings = children.get(parent)!.filter((one) => causes[one]!.relation === 'aggregate').length
    branches.push({
      cause,
      level,
      label: relation === 'cause' ? 'caused by' : cut ? `error ${number}` : `error ${number} of ${siblings}`,
      ...(ref === undefined ? {} : { again: shown.has(ref) ? 'shown above' : 'shown below' }),
    })
    for (const child of (children.get(index) ?? []).toReversed())
      waiting.push({ index: child, level: level + 1 })
  }
  return branches
}

/** `… 980 more causes`; empty when there are none. */
export function omittedCauses(causes: readonly Cause[]): string {
  const omitted = causes.reduce((sum, { omitted: more = 0 }) => sum + more, 0)
  return omitted === 0 ? '' : `… ${omitted} more ${omitted === 1 ? 'cause' : 'causes'}`
}
