import type { Node } from './node.ts'
import type { Fn, Reference, Scope } from './scope.ts'

/** A place that may get text, in the order of the text, outer before inner. */
export type Site =
  | { readonly type: 'function'; readonly fn: Fn }
  | { readonly type: 'block'; readonly node: Node; readonly scopes: readonly Scope[] }
  | { readonly type: 'catch'; readonly node: Node; readonly scope: Scope }
  | { readonly type: 'birth' | 'handed' | 'throw'; readonly node: Node; readonly scope: Scope }
  | { readonly type: 'breakpoint'; readonly node: Node; readonly scope: Scope }
  /** A statement that is a call of what is named `breakpoint` and nothing else. */
  | { readonly type: 'stop'; readonly node: Node; readonly callee: Node; readonly scope: Scope }
  | { readonly type: 'class'; readonly node: Node; readonly fn: Fn }
  | { readonly type: 'await'; readonly node: Node; readonly operand: Node; readonly fn: Fn }

export interface Analysis {
  readonly module: Fn
  readonly functions: readonly Fn[]
  readonly sites: readonly Site[]
  /** Names nothing in the module declares. */
  readonly unresolved: readonly Reference[]
}
