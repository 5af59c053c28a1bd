import { readFileSync } from 'node:fs'
import type { Boundary, ResponseInfo, WithoutThrowpoint } from '@throwpoint/protocol'

/** One entry of an example's failures.json. */
export interface Failure {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly boundary: Boundary | 'expected'
  readonly fails: string
  readonly see: string
  readonly killsProcess: boolean
  /** The client leaves after the first byte. */
  readonly abort?: true
  readonly expect: {
    /** In the report, where a secret in it is hidden. */
    readonly url?: string
    /** What the client gets; null when it gets nothing. */
    readonly status: number | null
    readonly outcome: ResponseInfo['outcome']
    /** Names of the errors that are reported; one of them has the boundary of the entry. */
    readonly errors: readonly string[]
    readonly without?: WithoutThrowpoint
  }
}

export function failuresOf(example: string): Failure[] {
  const file = new URL(`../../examples/${example}/failures.json`, import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as Failure[]
}
