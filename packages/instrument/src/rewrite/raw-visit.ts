import { bytes, words } from './raw-view.ts'
import type { Scope } from './scope.ts'
import type { StatementRuns } from './statement-runs.ts'

interface Visit {
  expression(this: void, reference: number, scope: Scope): void
  /** @returns the names of the function declarations, if somebody asks for their places */
  statements(this: void, list: number, scope: Scope, runs?: StatementRuns): readonly string[]
}

/** What stands in everything else; `raw-reader.ts` puts it in. */
export const visit: Visit = {
  expression() {},
  statements: () => [],
}

export function readOptional(reference: number, scope: Scope): void {
  if (bytes[reference] !== 255) visit.expression(reference, scope)
}

export function readList(list: number, scope: Scope): void {
  let entry = words[list >> 2]!
  const end = entry + (words[(list >> 2) + 2]! << 4)
  for (; entry !== end; entry += 16) visit.expression(entry, scope)
}

export function readDecorators(list: number, scope: Scope): void {
  let entry = words[list >> 2]!
  const end = entry + (words[(list >> 2) + 2]! << 5)
  for (; entry !== end; entry += 32) visit.expression(entry + 16, scope)
}

/** A key, where it is code. */
export function readKey(reference: number, isComputed: number, scope: Scope): void {
  if (isComputed === 1) visit.expression(reference, scope)
}
