import type { NamesUsed } from './names-used.ts'
import type { Fn, Scope, Span } from './scope.ts'

/** A place that may get text, in the order of the text, outer before inner. */
export type Site =
  | { readonly type: 'function'; readonly fn: Fn }
  | BlockSite
  | CatchSite
  | MarkSite
  | BreakpointSite
  | StopSite
  | { readonly type: 'class'; readonly start: number; readonly bodyStart: number }
  | AwaitSite

export interface BlockSite extends Span {
  readonly type: 'block'
  /** From the outside in: what the head of a loop or a `catch` declares, and the block. */
  readonly scopes: readonly Scope[]
  readonly hasBraces: boolean
  readonly isEmpty: boolean
}

export interface CatchSite {
  readonly type: 'catch'
  readonly scope: Scope
  readonly parameter: (Span & { readonly name: string | undefined }) | undefined
  readonly body: Span
  readonly isEmpty: boolean
}

/** A value that is made, handed over or thrown. */
export interface MarkSite extends Span {
  readonly type: 'birth' | 'handed' | 'throw'
  readonly scope: Scope
  /** It is nothing but this name. */
  readonly name: string | undefined
}

/** A call of what is named `breakpoint`. */
export interface BreakpointSite {
  readonly type: 'breakpoint'
  readonly scope: Scope
  readonly start: number
  readonly end: number
  /** Where its last argument ends. */
  readonly argumentsEnd: number | undefined
}

/** A statement that is such a call and nothing else. */
export interface StopSite {
  readonly type: 'stop'
  readonly start: number
  readonly callee: Span
}

export interface AwaitSite {
  readonly type: 'await'
  readonly start: number
  readonly operand: Span
  readonly fn: Fn
}

export interface Analysis {
  readonly module: Fn
  readonly functions: readonly Fn[]
  readonly sites: readonly Site[]
  readonly names: NamesUsed
}
