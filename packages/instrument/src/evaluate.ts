import type { FrameScope } from './frame-scope.ts'
import { analyse } from './rewrite/analyse.ts'
import { Edits } from './rewrite/edits.ts'
import { codeKeys, type Node } from './rewrite/node.ts'
import { strip } from './rewrite/node-name.ts'
import { parser } from './rewrite/parser.ts'
import type { Evaluate } from './runtime.ts'

/** Where code is to run. */
export interface EvaluationPlace {
  readonly evaluate: Evaluate
  readonly evaluateInClass: Evaluate | undefined
  readonly scopes: readonly FrameScope[]
  readonly thisValue: unknown
  /** An arrow function that does not use `this`: nobody knows what it is there. */
  readonly lacksThis: boolean
  readonly superAccess: ((key: string) => unknown) | undefined
  /** What `arguments` is made of where the function does not use it; undefined where it has none of its own. */
  readonly parameters: readonly string[] | undefined
  /** `import.meta`, of an ES module. */
  readonly meta: (() => unknown) | undefined
  /** Accessors of more names; what the scopes have comes first. */
  readonly names: object | undefined
}

/**
 * Runs code in a frame whose function has returned long ago. Names of its variables become accesses to an object that
 * reads and writes them; all other names are resolved where the code is evaluated, in the module or the class body.
 */
export function evaluateIn(code: string, place: EvaluationPlace): unknown {
  const text = asExpression(code) ?? code
  const program = parseCode(text)
  if (program === undefined) throw syntaxErrorOf(code)
  const locals = chooseName(text)
  const free = new Set(
    analyse(program, 'script', false).names.unresolved.map((reference) => reference.position),
  )
  const edits = new Edits(text)
  const visible = (name: string): boolean =>
    name === 'arguments' ||
    (place.names !== undefined && Object.hasOwn(place.names, name)) ||
    place.scopes.some((scope) => scope.has(name))
  const found = { hasAwait: false, hasPrivate: false, hasThis: false, hasMeta: false }
  replaceNames(program, edits, locals, (node) => free.has(node.start) && visible(node['name']), found)
  if (found.hasThis && place.lacksThis) {
    throw new ReferenceError("'this' is not used by the function of this frame")
  }
  if (found.hasMeta && place.meta === undefined) {
    throw new SyntaxError("Cannot use 'import.meta' outside a module")
  }
  const evaluate =
    found.hasPrivate && place.evaluateInClass !== undefined ? place.evaluateInClass : place.evaluate
  const body = found.hasAwait ? asyncBody(program, edits) : undefined
  const { code: rewritten } = edits.apply()
  const inner = body === undefined ? rewritten : `(async()=>{${rewritten}\n})()`
  const run = evaluate(
    `(function(${locals}){'use strict';return eval(${locals}['%code'])})\n//# sourceURL=throwpoint:evaluate`,
  ) as (this: unknown, object: object) => unknown
  return run.call(place.thisValue, localsOf(place, inner))
}

function parseCode(text: string): Node | undefined {
  for (const sourceType of typesOf(text)) {
    const result = parser().parseSync('evaluate.js', text, { lang: 'js', sourceType })
    if (!result.errors.some((error) => String(error.severity) === 'Error'))
      return result.program as unknown as Node
  }
  return undefined
}

/** In a script `await (x)` calls a function of that name. */
function typesOf(text: string): readonly ('module' | 'script')[] {
  return /\bawait\b/.test(text) ? ['module', 'script'] : ['script', 'module']
}

/** `{ a: 1 }` is meant as an object, as in every console. */
function asExpression(code: string): string | undefined {
  const trimmed = code.trim()
  if (!trimmed.startsWith('{') || trimmed.endsWith(';')) return undefined
  const text = `(${trimmed}\n)`
  return parseCode(text) === undefined ? undefined : text
}

/** The engine's own words for what is wrong; parsing runs nothing. */
function syntaxErrorOf(code: string): SyntaxError {
  const [sourceType] = typesOf(code)
  const result = parser().parseSync('evaluate.js', code, { lang: 'js', sourceType: sourceType! })
  return new SyntaxError(result.errors[0]?.message ?? 'Invalid code')
}

function chooseName(text: string): string {
  let name = '$locals'
  for (let number = 1; text.includes(name); number++) name = `$locals${number}`
  return name
}

interface Found {
  hasAwait: boolean
  hasPrivate: boolean
  hasThis: boolean
  hasMeta: boolean
}

function replaceNames(
  program: Node,
  edits: Edits,
  locals: string,
  isLocal: (node: Node) => boolean,
  found: Found,
): void {
  const name = (node: Node, prefix = ''): void => {
    if (!isLocal(node) || (node['name'] === 'arguments' && ownArguments > 0)) return
    edits.replace(
      node.start,
      node.start + (node['name'] as string).length,
      `${prefix}${locals}.${node['name']}`,
    )
  }
  /** So many functions of the code itself, arrow functions aside, stand around. */
  let ownArguments = 0
  /** Calls what `super.m` gave with the `this` of the frame. */
  const callSuper = (callee: Node, how: string, functions: number): void => {
    if (ownArguments === 0) found.hasThis = true
    visit(callee, functions)
    edits.close(callee.end, how)
  }
  const visit = (node: Node, functions: number): void => {
    const isOwn = node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration'
    if (isOwn) ownArguments++
    visitNode(node, functions)
    if (isOwn) ownArguments--
  }
  const visitNode = (node: Node, functions: number): void => {
    switch (node.type) {
      case 'Identifier':
        return name(node)
      case 'PrivateIdentifier':
        found.hasPrivate = true
        return
      case 'ThisExpression':
        if (ownArguments === 0) found.hasThis = true
        return
      case 'AwaitExpression':
        if (functions === 0) {
          found.hasAwait = true
          edits.open(node['argument'].start, `${locals}['%breathe'](`)
          edits.close(node['argument'].end, ')')
        }
        break
      case 'ForOfStatement':
        if (node['await'] === true && functions === 0) found.hasAwait = true
        break
      case 'MemberExpression':
        if (node['object'].type === 'Super') {
          accessSuper(node, edits, locals)
          if (node['computed'] === true) visit(node['property'], functions)
          return
        }
        visit(node['object'], functions)
        if (node['computed'] === true || node['property'].type === 'PrivateIdentifier')
          visit(node['property'], functions)
        return
      case 'CallExpression':
        if (isSuperMember(node['callee'])) {
          callSuper(node['callee'], node['optional'] === true ? '?.call' : '.call', functions)
          const first = node['arguments'][0] as Node | undefined
          if (first === undefined) edits.close(node.end - 1, 'this')
          else edits.open(first.start, 'this,')
          for (const argument of node['arguments'] as Node[]) visit(argument, functions)
          return
        }
        break
      case 'TaggedTemplateExpression':
        if (isSuperMember(node['tag'])) {
          callSuper(node['tag'], '.bind(this)', functions)
          return visit(node['quasi'], functions)
        }
        break
      case 'UnaryExpression': {
        const operand = strip(node['argument'])
        // Of a variable it would be the access to it that is deleted
        if (node['operator'] === 'delete' && operand.type === 'Identifier' && isLocal(operand))
          throw new SyntaxError('Delete of an unqualified identifier in strict mode.')
        break
      }
      case 'Property':
        if (node['computed'] === true) visit(node['key'], functions)
        if (node['shorthand'] === true) {
          const value = node['value'] as Node
          if (value.type === 'AssignmentPattern') {
            name(value['left'], `${value['left'].name}:`)
            visit(value['right'], functions)
          } else name(value, `${value['name']}:`)
        } else visit(node['value'], functions)
        return
      case 'MethodDefinition':
      case 'PropertyDefinition':
        if (node['computed'] === true || node['key'].type === 'PrivateIdentifier')
          visit(node['key'], functions)
        if (node['value'] != null) visit(node['value'], functions + 1)
        return
      case 'LabeledStatement':
        return visit(node['body'], functions)
      case 'MetaProperty':
        if (node['meta'].name === 'import') {
          found.hasMeta = true
          edits.replace(node.start, node.end, `${locals}['%meta']`)
        }
        return
      case 'BreakStatement':
      case 'ContinueStatement':
        return
    }
    const deeper = /Function/.test(node.type) || node.type === 'StaticBlock' ? functions + 1 : functions
    for (const key of codeKeys(node.type)) {
      const value = node[key] as Node | (Node | null)[] | null | undefined
      if (value == null) continue
      if (!Array.isArray(value)) visit(value, deeper)
      else for (const entry of value) if (entry !== null) visit(entry, deeper)
    }
  }
  visit(program, 0)
}

function isSuperMember(node: Node): boolean {
  const { type, object } = strip(node) as Node & { object?: Node }
  return type === 'MemberExpression' && object?.type === 'Super'
}

/** super.x → $.super('x'), super[k] → $.super(k) */
function accessSuper(node: Node, edits: Edits, locals: string): void {
  const { object, property } = node as unknown as { object: Node; property: Node }
  if (node['computed'] === true) {
    edits.replace(object.start, property.start, `${locals}.super(`)
    edits.replace(property.end, node.end, ')')
  } else edits.replace(object.start, node.end, `${locals}.super(${JSON.stringify(property['name'])})`)
}

/** The last expression is the result of the whole. */
function asyncBody(program: Node, edits: Edits): true {
  const last = (program['body'] as Node[]).at(-1)
  if (last?.type === 'ExpressionStatement') edits.open(last.start, 'return ')
  return true
}

function localsOf(place: EvaluationPlace, code: string): object {
  const locals: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const scope of place.scopes) {
    for (const name of scope.names) {
      if (name in locals) continue
      Object.defineProperty(locals, name, {
        get: () => {
          const reading = scope.read(name)
          if ('value' in reading) return reading.value
          throw new ReferenceError(
            reading.unavailable === 'uninitialised'
              ? `Cannot access '${name}' before initialization`
              : `${name} was not kept`,
          )
        },
        set(value: unknown) {
          scope.write(name, value)
        },
        enumerable: true,
        configurable: true,
      })
    }
  }
  for (const name of Object.keys(place.names ?? {})) {
    if (!(name in locals))
      Object.defineProperty(locals, name, Object.getOwnPropertyDescriptor(place.names, name)!)
  }
  if (!('arguments' in locals)) {
    Object.defineProperty(locals, 'arguments', {
      get: () => {
        if (place.parameters !== undefined) return place.parameters.map((name) => locals[name])
        throw new ReferenceError("'arguments' is not used by the function of this frame")
      },
      configurable: true,
    })
  }
  Object.defineProperty(locals, 'super', {
    value: (key: string) => {
      if (place.superAccess === undefined)
        throw new ReferenceError("'super' is not used by the function of this frame")
      return place.superAccess(key)
    },
  })
  if (place.meta !== undefined) Object.defineProperty(locals, '%meta', { get: place.meta })
  Object.defineProperty(locals, '%breathe', { value: breath() })
  Object.defineProperty(locals, '%code', {
    value: `${code}\n//# sourceURL=${evaluatedName}`,
    configurable: true,
  })
  return locals
}

/** What frames of evaluated code have as their file. */
const evaluatedName = 'throwpoint:prompt'

/** Milliseconds for which a loop of awaits may keep timers and sockets waiting. */
const longestBreath = 100
const { setImmediate } = globalThis

/** Stands around all that is awaited: `for (;;) await null` lets the process live. */
function breath(): (value: unknown) => unknown {
  let last = performance.now()
  return (value) => {
    if (performance.now() - last < longestBreath) return value
    const both = Promise.all([value, new Promise((resolve) => setImmediate(resolve))])
    return both.then(([result]) => {
      last = performance.now()
      return result
    })
  }
}
