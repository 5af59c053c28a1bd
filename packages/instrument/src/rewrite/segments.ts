import { isWithin } from './in-sight.ts'
import type { Binding, Fn, Span } from './scope.ts'

/** A run of statements that goes into one `try`. */
export interface Segment extends Span {
  readonly afterDirective: boolean
  /** The names of the function that stay `let` and `const` stand in it. */
  readonly holdsKept: boolean
}

export interface Segments {
  readonly list: readonly Segment[]
  /** Function declarations stay outside, so a `catch` of the function sees them. */
  readonly functionsVisible: boolean
}

/** More `try` statements than this repeat too much text. */
const mostSegments = 3

/**
 * Function declarations are best left where they are, at the top of their function: in a block they mean something
 * else in sloppy code. So the statements between them are wrapped; where that cannot be, the whole body is.
 *
 * @param opening - where a static block begins; a function tells it itself
 * @returns the reason when the function must be left alone
 */
export function segmentsOf(fn: Fn, opening: number | undefined, kept: readonly Binding[]): Segments | string {
  const { body } = fn
  const whole = (): Segment => ({
    start: body.directivesEnd ?? opening ?? body.start + 1,
    end: body.end - 1,
    afterDirective: body.directivesEnd !== undefined,
    holdsKept: kept.length > 0,
  })
  const { runs } = body
  if (runs === undefined) return { list: body.hasStatements ? [whole()] : [], functionsVisible: true }
  if (runs.length <= mostSegments && staysInRuns(fn, runs)) {
    const list = runs.map((run) => ({
      start: run.start,
      end: run.end,
      afterDirective: false,
      holdsKept: kept.some(({ declaration }) => declaration !== undefined && isWithin(declaration, run)),
    }))
    return { list, functionsVisible: true }
  }
  const reason = blockConflict(fn, body.declared)
  if (reason !== undefined) return reason
  return { list: [whole()], functionsVisible: false }
}

/** Names that stay lexical are used only inside their own run. */
function staysInRuns(fn: Fn, runs: readonly Span[]): boolean {
  let lexicalRuns = 0
  for (const { start, end } of runs) {
    let lexical = false
    for (const binding of fn.scope.bindings.values()) {
      if (binding.converted) continue
      if (!binding.lexical && binding.kind !== 'class' && binding.kind !== 'using' && binding.kind !== 'enum')
        continue
      const declared = binding.declaration
      const inRun = declared === undefined ? undefined : declared.start >= start && declared.end <= end
      if (inRun === false) continue
      if (inRun === undefined && runs.length > 1) return false
      if (binding.lexical || binding.kind === 'class') lexical = true
      for (let use = binding.references; use !== undefined; use = use.next) {
        if (use.position < start || use.position > end) return false
      }
    }
    if (lexical) lexicalRuns++
  }
  // One factory reads them all, so they must stand together
  return lexicalRuns <= 1
}

/** Why the body cannot become a block. */
function blockConflict(fn: Fn, declared: readonly string[]): string | undefined {
  if (fn.hasEval) return 'function declarations beside a direct eval'
  const names = new Set<string>()
  for (const name of declared) {
    if (names.has(name)) return `function ${name} is declared twice`
    names.add(name)
    if (name === 'arguments') return 'function arguments'
  }
  for (const name of names) {
    if (fn.scope.bindings.get(name)?.kind !== 'function')
      return `function ${name} has the name of a parameter`
    if (fn.varNames.has(name)) return `function ${name} has the name of a variable`
  }
  return undefined
}
