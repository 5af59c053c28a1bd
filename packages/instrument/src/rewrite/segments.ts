import type { Node } from './node.ts'
import { keptNames } from './convert.ts'
import type { Fn } from './scope.ts'

/** A run of statements that goes into one `try`. */
export interface Segment {
  readonly start: number
  readonly end: number
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
export function segmentsOf(fn: Fn, opening: number | undefined): Segments | string {
  const body = fn.kind === 'static' ? fn.node : (fn.node['body'] as Node)
  const statements = (body['body'] as Node[]).filter(
    (statement) => typeof statement['directive'] !== 'string',
  )
  const directives = (body['body'] as Node[]).filter(
    (statement) => typeof statement['directive'] === 'string',
  )
  const kept = keptNames([fn.scope])
  const whole: Segment = {
    start: directives.at(-1)?.end ?? opening ?? body.start + 1,
    end: body.end - 1,
    afterDirective: directives.length > 0,
    holdsKept: kept.length > 0,
  }
  const declarations = statements.filter(isFunction)
  if (declarations.length === 0) {
    return { list: statements.length === 0 ? [] : [whole], functionsVisible: true }
  }
  const runs: Node[][] = []
  let open = false
  for (const statement of statements) {
    if (isFunction(statement)) open = false
    else if (open) runs.at(-1)!.push(statement)
    else {
      runs.push([statement])
      open = true
    }
  }
  if (runs.length <= mostSegments && staysInRuns(fn, runs)) {
    const list = runs.map((run) => ({
      start: run[0]!.start,
      end: run.at(-1)!.end,
      afterDirective: false,
      holdsKept: kept.some((binding) => run.includes(binding.declaration!)),
    }))
    return { list, functionsVisible: true }
  }
  const reason = blockConflict(fn, declarations)
  if (reason !== undefined) return reason
  return { list: [whole], functionsVisible: false }
}

function isFunction(statement: Node): boolean {
  return statement.type === 'FunctionDeclaration' || statement.type === 'TSDeclareFunction'
}

/** Names that stay lexical are used only inside their own run. */
function staysInRuns(fn: Fn, runs: readonly (readonly Node[])[]): boolean {
  let lexicalRuns = 0
  for (const run of runs) {
    const start = run[0]!.start
    const end = run.at(-1)!.end
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
      if (binding.references.some(({ position }) => position < start || position > end)) return false
    }
    if (lexical) lexicalRuns++
  }
  // One factory reads them all, so they must stand together
  return lexicalRuns <= 1
}

/** Why the body cannot become a block. */
function blockConflict(fn: Fn, declarations: readonly Node[]): string | undefined {
  if (fn.hasEval) return 'function declarations beside a direct eval'
  const names = new Set<string>()
  for (const declaration of declarations) {
    if (declaration.type !== 'FunctionDeclaration') continue
    const name = declaration['id'].name as string
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
