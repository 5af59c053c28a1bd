import type { FunctionEntry } from '../function-table.ts'
import { hasPrivateNames } from './class-body.ts'
import type { Analysis, Site } from './site.ts'
import { convert, keptNames } from './convert.ts'
import { Edits, Lines } from './edits.ts'
import type { Node } from './node.ts'
import type { Binding, Fn, Scope } from './scope.ts'
import { accessor, blockEntry, liveText, range, tell, valuesText, type Names, type Told } from './slots.ts'
import { cannotThrow } from './cannot-throw.ts'
import { packPlace } from '../active-frames.ts'
import { isCaught, isInBody, isSeen, isWithin, type Range } from './in-sight.ts'
import { pointIn } from './point.ts'
import { segmentsOf, type Segment } from './segments.ts'
import { arrowToken, skipTo } from './token.ts'

export interface Emitted {
  readonly edits: Edits
  /** The entries of the function table, by the ids in the text. */
  readonly functions: readonly (() => FunctionEntry)[]
}

interface Wrapped {
  readonly id: number
  readonly told: Told
  /** Where the reader of its kept names can be named. */
  readonly kept: Range | undefined
}

interface KeptBlock extends Range {
  readonly fn: Fn
  readonly id: number
}

/** Puts the text of the notes into a module. Reads the analysis only; the source is never changed elsewhere. */
export class Emitter {
  readonly #source: string
  readonly #analysis: Analysis
  readonly #names: Names
  readonly #lines: Lines
  readonly #edits: Edits
  readonly #functions: (() => FunctionEntry)[] = []
  readonly #wrapped = new Map<Fn, Wrapped>()
  readonly #blocks: KeptBlock[] = []
  readonly #declarations = new Set<Node>()

  /** Asynchronous functions say when they begin and end, and where they wait. */
  readonly #requests: boolean

  constructor(source: string, analysis: Analysis, names: Names, lines: Lines, requests: boolean) {
    this.#requests = requests
    this.#source = source
    this.#analysis = analysis
    this.#names = names
    this.#lines = lines
    this.#edits = new Edits(source)
  }

  emit(): Emitted {
    for (const fn of [this.#analysis.module, ...this.#analysis.functions]) {
      if (fn.parent?.untouched === 'use asm') fn.untouched = 'use asm'
      convert(fn)
    }
    for (const site of this.#analysis.sites) this.#site(site)
    return { edits: this.#edits, functions: this.#functions }
  }

  #site(site: Site): void {
    switch (site.type) {
      case 'function':
        return this.#function(site.fn)
      case 'block':
        return this.#block(site.node, site.scopes)
      case 'catch':
        return this.#catch(site.node, site.scope)
      case 'class':
        return this.#class(site.node)
      case 'await':
        return this.#await(site.node, site.operand, site.fn)
      case 'breakpoint':
        return this.#breakpoint(site.node, site.scope)
      case 'stop':
        return this.#stop(site.node, site.callee)
      default:
        return this.#mark(site.type, site.node, site.scope)
    }
  }

  #function(fn: Fn): void {
    const { node } = fn
    const reason = fn.untouched
    if (reason !== undefined) {
      this.#leave(fn, reason)
      return
    }
    const expression = node.type === 'ArrowFunctionExpression' && node['body'].type !== 'BlockStatement'
    const opening =
      fn.kind === 'static' ? skipTo(this.#source, '{', node.start + 'static'.length) + 1 : undefined
    const segments = expression ? undefined : segmentsOf(fn, opening)
    if (typeof segments === 'string') {
      this.#leave(fn, segments)
      return
    }
    if (segments?.list.length === 0 || cannotThrow(expression ? node['body'] : statementsOf(node))) {
      keepDeclarations(fn)
      return
    }
    this.#convertDeclarations(fn)
    const kept = keptNames([fn.scope])
    const told = tell(fn, kept, segments === undefined || segments.functionsVisible, this.#lines, this.#names)
    const id = this.#functions.push(told.entry) - 1
    this.#wrapped.set(fn, { id, told, kept: segments?.list.find((segment) => segment.holdsKept) })
    if (expression) this.#arrow(fn, id, told)
    else this.#body(fn, id, told, segments!.list)
  }

  #leave(fn: Fn, reason: string): void {
    keepDeclarations(fn)
    this.#functions.push(() => ({
      kind: 'function',
      name: fn.name,
      async: fn.async,
      ...range(fn.node, this.#lines),
      hasThis: false,
      parameters: [],
      scopes: [],
      untouched: reason,
    }))
  }

  #arrow(fn: Fn, id: number, told: Told): void {
    const after = arrowToken(this.#source, fn.node) + 2
    this.#edits.open(after, `{${this.#entering(fn, id)}try{return(`)
    this.#edits.close(fn.node.end, `)}${this.#handler(fn, id, told, false)}${this.#leaving(fn)}}`)
  }

  #body(fn: Fn, id: number, told: Told, segments: readonly Segment[]): void {
    const names = this.#names
    for (const segment of segments) {
      const lexical = segment.holdsKept
      const before = (segment.afterDirective ? ';' : '') + this.#entering(fn, id)
      this.#edits.open(
        segment.start,
        lexical ? `${before}let ${names.kept};try{${names.kept}=${told.kept};` : `${before}try{`,
      )
      this.#edits.close(segment.end, `}${this.#handler(fn, id, told, lexical)}${this.#leaving(fn)}`)
    }
  }

  /** No function stands between two segments, so that each begins and ends for itself is not seen. */
  #entering(fn: Fn, id: number): string {
    if (!this.#requests || !fn.async) return ''
    const { note, active } = this.#names
    return `var ${active}=typeof ${note}=='function'?${note}.enter(${id}):{leave(){}};`
  }

  #leaving(fn: Fn): string {
    return this.#requests && fn.async ? `finally{${this.#names.active}.leave()}` : ''
  }

  #await(node: Node, operand: Node, fn: Fn): void {
    if (!this.#requests || !this.#wrapped.has(fn) || !fn.async) return
    this.#edits.open(operand.start, `(${this.#names.active}.at=${packPlace(this.#lines.place(node.start))},`)
    this.#edits.close(operand.end, ')')
  }

  /** The `catch` clause. Whatever goes wrong in it, the same value goes on: no runtime, no stack left. */
  #handler(fn: Fn, id: number, told: Told, lexical: boolean): string {
    const { note, error, kept, caught, self } = this.#names
    const args = [
      error,
      String(id),
      valuesText(told, this.#names),
      liveText(told, fn, this.#names),
      lexical ? kept : '',
      fn.hasCatch ? caught : '',
      told.superAccess,
    ]
    const call = `try{${note}(${argumentsText(args)})}catch{}`
    const own = fn.derived && told.self !== undefined ? `var ${self};try{${self}=this}catch{}` : ''
    return `catch(${error}){${own}${call}throw ${error}}`
  }

  /** `const` and `let` become `var`, in as many columns. */
  #convertDeclarations(fn: Fn): void {
    for (const scope of fn.scopes) {
      for (const binding of scope.bindings.values()) {
        const { declaration } = binding
        if (!binding.converted || declaration === undefined) continue
        if (scope.inLoop && binding.bareEnd !== undefined) {
          // Without a semicolon behind it, a value could go on in the next line where a name could not
          const isOpen = declaration.end === binding.bareEnd && scope.node['init'] !== declaration
          this.#edits.close(binding.bareEnd, isOpen ? '=void 0;' : '=void 0')
        }
        if (this.#declarations.has(declaration)) continue
        this.#declarations.add(declaration)
        const length = declaration['kind'].length as number
        this.#edits.replace(declaration.start, declaration.start + length, 'var'.padEnd(length))
      }
    }
  }

  #block(node: Node, scopes: readonly Scope[]): void {
    const { fn } = scopes[0]!
    const wrapped = this.#wrapped.get(fn)
    if (wrapped === undefined) return
    const kept = keptNames(scopes)
    const empty =
      node.type === 'EmptyStatement' || (node.type === 'BlockStatement' && node['body'].length === 0)
    if (kept.length === 0 || empty) return
    const { kept: name, error, note } = this.#names
    const id = this.#functions.push(() => blockEntry(node, fn, wrapped.id, kept, this.#lines)) - 1
    this.#blocks.push({ fn, id, start: node.start, end: node.end })
    const read = accessor(kept, () => true, this.#names)
    const braces = node.type === 'BlockStatement'
    const open = `let ${name};try{${name}=${read};`
    const close = `}catch(${error}){try{${note}(${error},${id},0,0,${name})}catch{}throw ${error}}`
    if (braces) {
      this.#edits.open(node.start + 1, open)
      this.#edits.close(node.end - 1, close)
    } else {
      this.#edits.open(node.start, `{${open}`)
      this.#edits.close(node.end, `${close}}`)
    }
  }

  #catch(node: Node, scope: Scope): void {
    const { fn } = scope
    const parameter = node['param'] as Node | null
    const body = node['body'] as Node
    const { parameter: name, caught, note } = this.#names
    const reports = this.#wrapped.has(fn)
    const binding = parameter?.type === 'Identifier' ? scope.bindings.get(parameter['name']) : undefined
    let value: string | undefined
    let declared = ''
    if (binding?.converted === true) {
      this.#edits.replace(parameter!.start, parameter!.start + binding.name.length, name)
      declared = `var ${binding.name}=${name};`
      value = name
    } else if (parameter === null) {
      if (reports) this.#edits.open(body.start, `(${name})`)
      value = name
    } else if (parameter.type === 'Identifier') value = parameter['name']
    if (!reports) {
      if (declared !== '') this.#edits.open(body.start + 1, declared)
      return
    }
    const mark = value === undefined ? '' : `try{${caught}=${note}.caught(${value})}catch{}`
    const done = `;${caught}=0`
    const empty = body['body'].length === 0
    this.#edits.open(body.start + 1, `${declared}var ${caught};${mark}${empty ? done : ''}`)
    if (!empty) this.#edits.close(body.end - 1, done)
  }

  #class(node: Node): void {
    if (!hasPrivateNames(node)) return
    const { note, get, set } = this.#names
    const { line, column } = this.#lines.place(node.start)
    this.#edits.open(
      node['body'].start + 1,
      `static{try{${note}.inside(${line},${column},(${get},${set})=>eval(${get}))}catch{}}`,
    )
  }

  /** `breakpoint()` tells what its caller can see, in the last argument, which is no argument in the end. */
  #breakpoint(node: Node, scope: Scope): void {
    const point = pointIn(node, scope, this.#lines, this.#names)
    const id = point === undefined ? -1 : this.#functions.push(point.entry) - 1
    const args = [String(id), ...(point?.args ?? [])]
    const { note } = this.#names
    const text = `...(typeof ${note}=='function'&&${note}.here?.(${argumentsText(args)})||[])`
    const last = (node['arguments'] as Node[]).at(-1)
    this.#edits.close(last?.end ?? node.end - 1, last === undefined ? text : `,${text}`)
  }

  /** With a debugger attached, the statement itself stops: no function of ours stands in front of the caller. */
  #stop(node: Node, callee: Node): void {
    const { note } = this.#names
    const text = this.#source.slice(callee.start, callee.end)
    if (/[\n\r\u2028\u2029]|\/[/*]/.test(text)) return
    const stops = `typeof ${note}=='function'&&${note}.stops?.(()=>${text})`
    this.#edits.open(node.start, `if(${stops})debugger;else `)
  }

  #mark(type: 'birth' | 'handed' | 'throw', node: Node, scope: Scope): void {
    const { fn } = scope
    const wrapped = this.#wrapped.get(fn)
    if (wrapped === undefined) return
    const { note, get, caught } = this.#names
    if (type === 'throw') {
      if (node.type === 'Identifier' && isCaught(node['name'], scope)) return
      this.#edits.open(node.start, `(typeof ${note}=='function'?${note}.fresh:${get}=>${get})(`)
      this.#edits.close(node.end, ')')
      return
    }
    const { told, id } = wrapped
    if (fn.derived || !isInBody(fn, node)) return
    const hidden = (binding: Binding): boolean => !isSeen(binding, scope)
    const block = this.#blocks.findLast((entry) => entry.fn === fn && isWithin(node, entry))
    // The reader of a block has the same name as that of the function and stands in front of it
    const kept = block !== undefined || (wrapped.kept !== undefined && isWithin(node, wrapped.kept))
    const args = [
      String(id),
      valuesText(told, this.#names, hidden),
      liveText(told, fn, this.#names, hidden),
      kept ? this.#names.kept : '',
      fn.hasCatch ? caught : '',
      told.superAccess,
      block === undefined ? '' : String(block.id),
    ]
    const method = type === 'birth' ? 'born' : 'handed'
    this.#edits.open(node.start, `(typeof ${note}=='function'?${note}.${method}:${get}=>${get})(`)
    this.#edits.close(node.end, `,${argumentsText(args)})`)
  }
}

function keepDeclarations(fn: Fn): void {
  for (const scope of fn.scopes) for (const binding of scope.bindings.values()) binding.converted = false
}

function statementsOf(node: Node): readonly Node[] {
  return node.type === 'StaticBlock' ? node['body'] : node['body'].body
}

/** The last ones may be left out; 0 stands for nothing elsewhere. */
function argumentsText(args: readonly string[]): string {
  const last = args.findLastIndex((arg) => arg !== '')
  return args
    .slice(0, last + 1)
    .map((arg) => (arg === '' ? '0' : arg))
    .join()
}
