import type { FunctionEntry } from '../function-table.ts'
import type {
  Analysis,
  AwaitSite,
  BlockSite,
  BreakpointSite,
  CatchSite,
  MarkSite,
  Site,
  StopSite,
} from './site.ts'
import { convert, keptNames } from './convert.ts'
import { Edits, Lines } from './edits.ts'
import type { Binding, Declaration, Fn, Span } from './scope.ts'
import { accessor, blockEntry, liveText, range, tell, valuesText, type Names, type Told } from './slots.ts'
import { packPlace } from '../active-frames.ts'
import { isCaught, isInBody, isSeen, isWithin } from './in-sight.ts'
import { pointIn } from './point.ts'
import { segmentsOf, type Segment } from './segments.ts'
import { skipTo } from './token.ts'

export interface Emitted {
  readonly edits: Edits
  /** The entries of the function table, by the ids in the text. */
  readonly functions: readonly (() => FunctionEntry)[]
}

interface Wrapped {
  readonly id: number
  readonly told: Told
  /** Where the reader of its kept names can be named. */
  readonly kept: Span | undefined
}

interface KeptBlock extends Span {
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
  readonly #declarations = new Set<Declaration>()

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
    const { module, functions, sites, names } = this.#analysis
    convert(module, names)
    for (const fn of functions) {
      if (fn.parent?.untouched === 'use asm') fn.untouched = 'use asm'
      convert(fn, names)
    }
    for (const site of sites) this.#site(site)
    return { edits: this.#edits, functions: this.#functions }
  }

  #site(site: Site): void {
    switch (site.type) {
      case 'function':
        return this.#function(site.fn)
      case 'block':
        return this.#block(site)
      case 'catch':
        return this.#catch(site)
      case 'class':
        return this.#class(site.start, site.bodyStart)
      case 'await':
        return this.#await(site)
      case 'breakpoint':
        return this.#breakpoint(site)
      case 'stop':
        return this.#stop(site)
      default:
        return this.#mark(site)
    }
  }

  #function(fn: Fn): void {
    const { body, untouched } = fn
    if (untouched !== undefined) {
      this.#leave(fn, untouched)
      return
    }
    const { isExpression } = body
    const opening =
      fn.kind === 'static' ? skipTo(this.#source, '{', fn.start + 'static'.length) + 1 : undefined
    const kept = keptNames([fn.scope])
    const segments = isExpression ? undefined : segmentsOf(fn, opening, kept)
    if (typeof segments === 'string') {
      this.#leave(fn, segments)
      return
    }
    if (segments?.list.length === 0 || body.isHarmless) {
      keepDeclarations(fn)
      return
    }
    this.#convertDeclarations(fn)
    const told = tell(fn, kept, segments === undefined || segments.functionsVisible, this.#lines, this.#names)
    const id = this.#functions.push(told.entry) - 1
    this.#wrapped.set(fn, { id, told, kept: segments?.list.find((segment) => segment.holdsKept) })
    if (isExpression) this.#arrow(fn, id, told)
    else this.#body(fn, id, told, segments!.list)
  }

  #leave(fn: Fn, reason: string): void {
    keepDeclarations(fn)
    this.#functions.push(() => ({
      kind: 'function',
      name: fn.name,
      async: fn.async,
      ...range(fn, this.#lines),
      hasThis: false,
      parameters: [],
      scopes: [],
      untouched: reason,
    }))
  }

  #arrow(fn: Fn, id: number, told: Told): void {
    const after = skipTo(this.#source, '=>', fn.body.arrowFrom) + 2
    this.#edits.open(after, `{${this.#entering(fn, id)}try{return(`)
    this.#edits.close(fn.end, `)}${this.#handler(fn, id, told, false)}${this.#leaving(fn)}}`)
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

  #await({ start, operand, fn }: AwaitSite): void {
    if (!this.#requests || !this.#wrapped.has(fn) || !fn.async) return
    this.#edits.open(operand.start, `(${this.#names.active}.at=${packPlace(this.#lines.place(start))},`)
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
          const isOpen = declaration.end === binding.bareEnd && scope.head !== declaration
          this.#edits.close(binding.bareEnd, isOpen ? '=void 0;' : '=void 0')
        }
        if (this.#declarations.has(declaration)) continue
        this.#declarations.add(declaration)
        const { start, kindLength } = declaration
        this.#edits.replace(start, start + kindLength, 'var'.padEnd(kindLength))
      }
    }
  }

  #block({ start, end, scopes, hasBraces, isEmpty }: BlockSite): void {
    const { fn } = scopes[0]!
    const wrapped = this.#wrapped.get(fn)
    if (wrapped === undefined || isEmpty) return
    const kept = keptNames(scopes)
    if (kept.length === 0) return
    const { kept: name, error, note } = this.#names
    const id = this.#functions.push(() => blockEntry({ start, end }, fn, wrapped.id, kept, this.#lines)) - 1
    this.#blocks.push({ fn, id, start, end })
    const read = accessor(kept, () => true, this.#names)
    const open = `let ${name};try{${name}=${read};`
    const close = `}catch(${error}){try{${note}(${error},${id},0,0,${name})}catch{}throw ${error}}`
    if (hasBraces) {
      this.#edits.open(start + 1, open)
      this.#edits.close(end - 1, close)
    } else {
      this.#edits.open(start, `{${open}`)
      this.#edits.close(end, `${close}}`)
    }
  }

  #catch({ scope, parameter, body, isEmpty }: CatchSite): void {
    const { parameter: name, caught, note } = this.#names
    const reports = this.#wrapped.has(scope.fn)
    const binding = parameter?.name === undefined ? undefined : scope.bindings.get(parameter.name)
    let value: string | undefined
    let declared = ''
    if (binding?.converted === true) {
      this.#edits.replace(parameter!.start, parameter!.start + binding.name.length, name)
      declared = `var ${binding.name}=${name};`
      value = name
    } else if (parameter === undefined) {
      if (reports) this.#edits.open(body.start, `(${name})`)
      value = name
    } else value = parameter.name
    if (!reports) {
      if (declared !== '') this.#edits.open(body.start + 1, declared)
      return
    }
    const mark = value === undefined ? '' : `try{${caught}=${note}.caught(${value})}catch{}`
    const done = `;${caught}=0`
    const variables = declared === '' ? `var ${caught};` : `${declared.slice(0, -1)},${caught};`
    this.#edits.open(body.start + 1, `${variables}${mark}${isEmpty ? done : ''}`)
    if (!isEmpty) this.#edits.close(body.end - 1, done)
  }

  #class(start: number, bodyStart: number): void {
    const { note, get, set } = this.#names
    const { line, column } = this.#lines.place(start)
    this.#edits.open(
      bodyStart + 1,
      `static{try{${note}.inside(${line},${column},(${get},${set})=>eval(${get}))}catch{}}`,
    )
  }

  /** `breakpoint()` tells what its caller can see, in the last argument, which is no argument in the end. */
  #breakpoint({ start, end, argumentsEnd, scope }: BreakpointSite): void {
    const point = pointIn(start, scope, this.#lines, this.#names)
    const id = point === undefined ? -1 : this.#functions.push(point.entry) - 1
    const args = [String(id), ...(point?.args ?? [])]
    const { note } = this.#names
    const text = `...(typeof ${note}=='function'&&${note}.here?.(${argumentsText(args)})||[])`
    this.#edits.close(argumentsEnd ?? end - 1, argumentsEnd === undefined ? text : `,${text}`)
  }

  /** With a debugger attached, the statement itself stops: no function of ours stands in front of the caller. */
  #stop({ start, callee }: StopSite): void {
    const { note } = this.#names
    const text = this.#source.slice(callee.start, callee.end)
    if (/[\n\r\u2028\u2029]|\/[/*]/.test(text)) return
    const stops = `typeof ${note}=='function'&&${note}.stops?.(()=>${text})`
    this.#edits.open(start, `if(${stops})debugger;else `)
  }

  #mark(site: MarkSite): void {
    const { type, scope, start, end, name } = site
    const { fn } = scope
    const wrapped = this.#wrapped.get(fn)
    if (wrapped === undefined) return
    const { note, get, caught } = this.#names
    if (type === 'throw') {
      if (name !== undefined && isCaught(name, scope)) return
      this.#edits.open(start, `(typeof ${note}=='function'?${note}.fresh:${get}=>${get})(`)
      this.#edits.close(end, ')')
      return
    }
    const { told, id } = wrapped
    if (fn.derived || !isInBody(fn, site)) return
    const hidden = (binding: Binding): boolean => !isSeen(binding, scope)
    const block = this.#blocks.findLast((entry) => entry.fn === fn && isWithin(site, entry))
    // The reader of a block has the same name as that of the function and stands in front of it
    const kept = block !== undefined || (wrapped.kept !== undefined && isWithin(site, wrapped.kept))
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
    this.#edits.open(start, `(typeof ${note}=='function'?${note}.${method}:${get}=>${get})(`)
    this.#edits.close(end, `,${argumentsText(args)})`)
  }
}

function keepDeclarations(fn: Fn): void {
  for (const scope of fn.scopes) for (const binding of scope.bindings.values()) binding.converted = false
}

/** The last ones may be left out; 0 stands for nothing elsewhere. */
function argumentsText(args: readonly string[]): string {
  const last = args.findLastIndex((arg) => arg !== '')
  return args
    .slice(0, last + 1)
    .map((arg) => (arg === '' ? '0' : arg))
    .join()
}
