import { limited } from '../engine/live-frame.ts'
import type { EvaluateOptions } from './debuggee.ts'
import { isExpression } from './js-text.ts'

/** Runs code where no frame is alive: it has `$err`, `$req` and the other names, and what is global. */
export function evaluateBeside(code: string, { names = {}, timeoutMs = 1000 }: EvaluateOptions): unknown {
  const text = isExpression(code) && code.trim().startsWith('{') ? `(${code}\n)` : code
  const inner = !/\bawait\b/.test(code)
    ? text
    : isExpression(code)
      ? `(async () => (${code}\n))()`
      : `(async () => {${code}\n})()`
  const keys = Object.keys(names)
  // oxlint-disable-next-line no-implied-eval, no-new-func -- somebody typed it at a prompt of theirs
  const run = new Function('$code', ...keys, "'use strict'; return eval($code)") as (
    ...all: unknown[]
  ) => unknown
  return limited(() => run(inner, ...keys.map((key) => names[key])), timeoutMs)
}
