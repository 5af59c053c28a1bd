/**
 * Writes a JavaScript program out of a list of numbers: each number is one choice. The programs end, log what they do
 * with `log`, and are full of what a rewriter may get wrong: names that shadow each other, use before declaration,
 * closures made in loops, jumps out of blocks, generators, classes, sloppy functions in blocks.
 */
export function programOf(choices: readonly number[], strict: boolean): string {
  return new Writer(choices, strict).program()
}

const names = ['a', 'b', 'c', 'd']
const functionNames = ['f', 'g', 'h', 'a']

/** Names a block declares, so that a program is not refused for declaring one twice. */
class Block {
  readonly lexical: Set<string> = new Set()
  readonly vars: Set<string> = new Set()
  readonly parent: Block | undefined

  constructor(parent?: Block, names: readonly string[] = []) {
    this.parent = parent
    for (const name of names) this.lexical.add(name)
  }

  declare(name: string): boolean {
    if (this.lexical.has(name) || this.vars.has(name)) return false
    this.lexical.add(name)
    return true
  }

  declareVar(name: string): boolean {
    if (this.#refuses(name)) return false
    this.#addVar(name)
    return true
  }

  #refuses(name: string): boolean {
    return this.lexical.has(name) || (this.parent !== undefined && this.parent.#refuses(name))
  }

  #addVar(name: string): void {
    this.vars.add(name)
    if (this.parent !== undefined) this.parent.#addVar(name)
  }
}

interface Inside {
  readonly block: Block
  readonly fn: 'none' | 'sync' | 'generator' | 'async' | 'asyncGenerator'
  readonly loop: boolean
  readonly labels: readonly string[]
  readonly depth: number
  readonly method: boolean
  readonly strict: boolean
}

class Writer {
  readonly #choices: readonly number[]
  readonly #strict: boolean
  #next = 0
  #label = 0
  #budget = 160

  constructor(choices: readonly number[], strict: boolean) {
    this.#choices = choices
    this.#strict = strict
  }

  program(): string {
    const top: Inside = {
      block: new Block(),
      fn: 'none',
      loop: false,
      labels: [],
      depth: 0,
      method: false,
      strict: false,
    }
    const lines = [this.#strict ? `'use strict'` : '']
    const count = 2 + this.#pick(4)
    for (let index = 0; index < count; index++) lines.push(this.#topLevel(top))
    return lines.join('\n')
  }

  #pick(count: number): number {
    const choice = this.#choices[this.#next++] ?? 0
    return choice % count
  }

  #some<T>(items: readonly T[]): T {
    return items[this.#pick(items.length)]!
  }

  #name(): string {
    return this.#some(names)
  }

  /** Defines functions and runs them, catching what they throw. */
  #topLevel(inside: Inside): string {
    const id = this.#next
    const kind = this.#pick(7)
    const call = `attempt('${id}', () => run${id}(1, { a: 2, b: [3, 4] }, 5))`
    const parameters = this.#parameters()
    switch (kind) {
      case 0:
        return `async function run${id}(${parameters}) {\n${this.#body(this.#inner(inside, 'async', parameters))}}\n${call}`
      case 1:
        return `function* run${id}(${parameters}) {\n${this.#body(this.#inner(inside, 'generator', parameters))}}\n${call.replace('attempt', 'iterate')}`
      case 2:
        return `async function* run${id}(${parameters}) {\n${this.#body(this.#inner(inside, 'asyncGenerator', parameters))}}\n${call.replace('attempt', 'iterateLater')}`
      case 3:
        return `const run${id} = (${parameters}) => (${this.#expression({ ...inside, fn: 'sync' }, 2)})\n${call}`
      case 4:
        return `${this.#class(`K${id}`, inside)}\nconst run${id} = (...list) => { const k = new K${id}(...list); log(Object.keys(k)); return k.m(...list) }\n${call}`
      default:
        return `function run${id}(${parameters}) {\n${this.#body(this.#inner(inside, 'sync', parameters))}}\n${call}`
    }
  }

  #parameters(): string {
    switch (this.#pick(6)) {
      case 0:
        return 'a, { b = 1, ...c } = {}, d'
      case 1:
        return 'a, [b, c = () => a] = [1], d = a'
      case 2:
        return 'a, b, ...c'
      case 3:
        return 'b, a = () => b'
      case 4:
        return ''
      default:
        return 'a, b, c'
    }
  }

  /** A place inside a function: nothing outside can be jumped to. */
  #inner(inside: Inside, fn: Inside['fn'], parameters = ''): Inside {
    const block = new Block(
      undefined,
      parameters === '' ? [] : names.filter((name) => parameters.includes(name)),
    )
    return { ...inside, block, fn, loop: false, labels: [], method: false }
  }

  #body(inside: Inside): string {
    const count = 1 + this.#pick(6)
    let text = ''
    if (!this.#strict && this.#pick(12) === 1) text += `log(arguments.length); arguments[0] = 9\n`
    for (let index = 0; index < count; index++)
      text += this.#statement({ ...inside, depth: inside.depth + 1 })
    if (this.#pick(3) > 0) text += `return ${this.#expression(inside, 2)}\n`
    return text
  }

  #block(outer: Inside, head: readonly string[] = []): string {
    const inside = { ...outer, block: new Block(new Block(outer.block, head)) }
    const count = 1 + this.#pick(3)
    let text = '{'
    for (let index = 0; index < count; index++)
      text += ` ${this.#statement({ ...inside, depth: inside.depth + 1 })}`
    return `${text}}`
  }

  #statement(inside: Inside): string {
    if (this.#budget-- < 0 || inside.depth > 5) return `log(${this.#expression(inside, 0)});\n`
    const name = this.#name()
    const value = (): string => this.#expression(inside, 2)
    switch (this.#pick(38)) {
      case 0:
        return this.#declare(inside, 'let', name, value())
      case 1:
        return this.#declare(inside, 'const', name, value())
      case 2:
        return this.#declare(inside, 'var', name, value())
      case 3:
        return inside.block.declare(name) ? `let ${name}\n` : `${name}\n`
      case 4:
        return inside.block.declare(name)
          ? `const { a: ${name}, z: z${this.#next} = ${value()} } = { a: ${value()} };\n`
          : `({ a: ${name} } = { a: ${value()} });\n`
      case 5:
        return `${name} = ${value()};\n`
      case 6:
        return `later.push(() => ${this.#expression({ ...inside, fn: 'sync' }, 2)});\n`
      case 7:
        return `for (let ${name} = 0, end = ${1 + this.#pick(3)}; ${name} < end && turn(); ${name}++) ${this.#block({ ...inside, loop: true }, [name])}\n`
      case 8:
        return `for (const ${name} of [1, ${value()}, 'x']) ${this.#block({ ...inside, loop: true }, [name])}\n`
      case 9:
        return `for (const ${name} in { p: 1, q: 2 }) later.push(() => log(${name}));\n`
      case 10: {
        const label = `l${this.#label++}`
        return `${label}: for (${inside.block.declareVar(name) ? 'var ' : ''}${name} of [1, 2]) ${this.#block({ ...inside, loop: true, labels: [...inside.labels, label] })}\n`
      }
      case 11:
        return `while (turn()) { ${this.#statement({ ...inside, block: new Block(inside.block), loop: true, depth: inside.depth + 1 })} ${this.#pick(2) === 0 ? 'break' : ''}\n}\n`
      case 12:
        return `do ${this.#block({ ...inside, loop: true })} while (turn() && ${value()});\n`
      case 13:
        return `switch (${value()}) { case 1: let ${name} = ${value()}; log(${name}); case ${value()}: later.push(() => ${name}); break; default: ${this.#statement({ ...inside, block: new Block(inside.block, [name]), depth: inside.depth + 1 })}}\n`
      case 14:
        return `try ${this.#block(inside)} catch (${name}) ${this.#block(inside, [name])}\n`
      case 15:
        return `try ${this.#block(inside)} catch ({ message }) { log(message); ${this.#statement({ ...inside, block: new Block(inside.block), depth: inside.depth + 1 })}}\n`
      case 16:
        return `try ${this.#block(inside)} finally ${this.#block(inside)}\n`
      case 17:
        return `try ${this.#block(inside)} catch { ${this.#pick(2) === 0 ? '' : `log(${value()})`} } finally { log('finally') }\n`
      case 18:
        return `throw ${this.#some([`new TypeError('t')`, `'text'`, name, `oops(${value()})`, 'cached', 'null'])};\n`
      case 19:
        return `if (${value()}) ${this.#block(inside)} else ${this.#block(inside)}\n`
      case 20:
        return this.#function(inside)
      case 21:
        return `${this.#class(`C${this.#next}`, inside)}\n`
      case 22:
        return this.#jump(inside)
      case 23:
        return inside.fn === 'none' ? `log(${value()});\n` : `return ${value()};\n`
      case 24:
        return `{ let ${name} = ${value()}; later.push(() => ${name}++); ${this.#statement({ ...inside, block: new Block(inside.block, [name]), depth: inside.depth + 1 })}}\n`
      case 25:
        return `log(typeof ${name}, typeof ${this.#some(functionNames)});\n`
      case 26:
        return this.#strict || inside.strict
          ? `log(this === undefined);\n`
          : `with ({ ${name}: 7 }) { log(${name}); ${name} = 8 }\n`
      case 27:
        return this.#pick(3) === 0
          ? `eval('var e${name} = 1; log(typeof ${name})');\n`
          : `next(${value()});\n`
      case 28:
        return this.#labelled(inside)
      case 29:
        return this.#switch(inside)
      case 30:
        return this.#delegate(inside)
      case 31:
        return `try { ${this.#inTry(inside)} } finally { ${this.#statement({ ...inside, block: new Block(inside.block), loop: false, labels: [], depth: inside.depth + 1 })}}\n`
      case 32:
        return `;[${name}, ...box.rest] = [${value()}, 2, 3];\nlog(box.rest);\n`
      case 33:
        // No classes in the defaults: oxc-parser takes an `eval` in one of them for an assignment to it
        return `({ a: ${name} = ${this.#value()}, ['b']: [box.x] = [${name}] } = { a: ${value()} });\n`
      case 34:
        return `${name} ${this.#some(['??=', '||=', '&&=', '+=', '**='])} ${value()};\n`
      case 35:
        return `log(breakpoint(${this.#some(['', value(), `...[${value()}], ${name},`])}));\n`
      default:
        return `log(${value()});\n`
    }
  }

  /** Jumps out of labelled blocks and to the heads of outer loops, closures made on the way. */
  #labelled(inside: Inside): string {
    const label = `l${this.#label++}`
    const name = this.#name()
    const nested = { ...inside, block: new Block(new Block(inside.block, [name])), depth: inside.depth + 1 }
    if (this.#pick(3) === 0)
      return `${label}: { let ${name} = ${this.#expression(inside, 1)}; later.push(() => ${name}); if (${this.#expression(nested, 1)}) break ${label}; ${this.#statement(nested)}}\n`
    const jump = this.#some(['continue', 'break'])
    const head = this.#some([
      `let ${name} = 0; ${name} < 3 && turn(); ${name}++`,
      `const ${name} of [1, 2, 3]`,
    ])
    return `${label}: for (${head}) { for (const inner of [1, 2]) { later.push(() => log(inner, ${name})); if (${this.#expression(nested, 1)}) ${jump} ${label}; ${this.#statement({ ...nested, loop: true, labels: [...inside.labels, label] })}}}\n`
  }

  /** Cases that fall through, names declared in one and used in another, a call in the head. */
  #switch(inside: Inside): string {
    const name = this.#name()
    const block = new Block(inside.block, [name])
    const nested = { ...inside, block, depth: inside.depth + 1 }
    const entries = [
      `case ${this.#expression(nested, 1)}: ${this.#some(['let', 'const'])} ${name} = ${this.#expression(nested, 1)}; later.push(() => ${name});`,
      `case ${this.#expression(nested, 1)}: ${this.#statement({ ...nested, block: new Block(block) })}`,
      `default: log(typeof callback, (() => ${name})());`,
      `case ${this.#expression(nested, 1)}: { ${this.#statement({ ...nested, block: new Block(block) })}} break;`,
    ]
    const from = this.#pick(entries.length)
    const list = [...entries.slice(from), ...entries.slice(0, from)]
    return `switch (callback(${this.#expression(inside, 1)})) { ${list.join(' ')} }\n`
  }

  /** Generators in generators. */
  #delegate(inside: Inside): string {
    const value = this.#expression(inside, 1)
    if (inside.fn === 'generator')
      return `log(yield* (function* () { try { yield ${value} } finally { log('left') } return 4 })());\n`
    if (inside.fn === 'asyncGenerator')
      return `log(yield* (async function* () { try { yield await ${value} } finally { await log('left') } return 4 })());\n`
    if (inside.fn === 'async') return `for await (const each of [${value}, callback(2)]) log(each);\n`
    return `for (const each of (function* () { try { yield 1; yield ${value} } finally { log('left') } })()) { log(each); if (turn()) break }\n`
  }

  /** What may leave a `try` early. */
  #inTry(inside: Inside): string {
    const value = this.#expression(inside, 1)
    const ways = [`throw oops(${value})`, `log(${value})`, `if (turn()) throw ${value}`]
    if (inside.fn !== 'none') ways.push(`return ${value}`)
    if (inside.fn === 'generator' || inside.fn === 'asyncGenerator') ways.push(`yield ${value}`)
    return this.#some(ways)
  }

  #function(inside: Inside): string {
    const name = this.#some(functionNames)
    const parameters = this.#parameters()
    const free = inside.block.declare(name)
    const star = this.#pick(5) === 0 ? '*' : ''
    const text = `(${parameters}) {\n${this.#body(this.#inner(inside, star === '' ? 'sync' : 'generator', parameters))}}\n`
    return free ? `function${star} ${name}${text}` : `log(function${star} ${name}${text})\n`
  }

  #declare(inside: Inside, keyword: 'let' | 'const' | 'var', name: string, value: string): string {
    const free = keyword === 'var' ? inside.block.declareVar(name) : inside.block.declare(name)
    if (!free) return `${name} = ${value};\n`
    return `${keyword} ${name} = ${value};\n`
  }

  #jump(inside: Inside): string {
    if (inside.loop) {
      const label = inside.labels.length > 0 && this.#pick(2) === 0 ? ` ${this.#some(inside.labels)}` : ''
      return `if (${this.#expression(inside, 1)}) ${this.#pick(2) === 0 ? 'break' : 'continue'}${label};\n`
    }
    return `out: { if (${this.#expression(inside, 1)}) break out; ${this.#statement({ ...inside, block: new Block(inside.block), depth: inside.depth + 1 })}}\n`
  }

  #class(name: string, inside: Inside): string {
    const plain = { ...this.#inner(inside, 'sync'), depth: inside.depth + 2, method: true, strict: true }
    const derived = this.#pick(2) === 0
    const early = this.#pick(4) === 0 ? 'log(typeof this);' : ''
    const constructor = derived
      ? `constructor(...list) { ${this.#pick(4) === 0 ? early : ''} super(...list); log(super.base()); ${this.#statement({ ...plain, block: new Block(undefined, ['a', 'b']) })} }`
      : `constructor(a, b) { this.a = a; ${this.#statement({ ...plain, block: new Block(undefined, ['a', 'b']) })} }`
    return [
      `class ${name}${derived ? ' extends Base' : ''} {`,
      `#p = ${this.#value()}; arrow = (c) => this.#p + c; static s = ${this.#value()};`,
      this.#some([
        '',
        `static #count = 0; static made() { return ${name}.#count++ }`,
        `['key' + 1] = () => new.target;`,
      ]),
      this.#some([
        '',
        `#hidden(a) { ${this.#statement({ ...plain, block: new Block(undefined, ['a', 'b']) })} return #p in this } get h() { return this.#hidden(1) }`,
        `*items(a) { try { yield this.#p; yield a } finally { log('items') } } all() { return [...this.items(2)] }`,
        `async *stream(a) { yield this.#p; throw oops(a) }`,
      ]),
      this.#pick(2) === 0 ? constructor : '',
      `get x() { return this.#p }`,
      `set x(a) { ${this.#statement({ ...plain, block: new Block(undefined, ['a', 'b']) })} this.#p = a }`,
      this.#pick(2) === 0
        ? `static { log('static', this.name); ${this.#statement({ ...plain, block: new Block(), fn: 'none' })} }`
        : '',
      this.#method(plain),
      '}',
    ].join(' ')
  }

  #method(inside: Inside): string {
    if (this.#pick(4) === 0)
      return `m(a, b) { log(super.toString === Object.prototype.toString, this.x, Object.keys(this)); if (this.all) log(this.all()); if (this.h) log(this.h); this.x = b; return this.arrow(a) }`

    const parameters = this.#parameters()
    return `m(${parameters}) {\n${this.#body({ ...this.#inner(inside, 'sync', parameters), method: true })}}`
  }

  #value(): string {
    return this.#some(['1', '0', `'s'`, 'null', '[]', '{}', '2n', 'undefined'])
  }

  #expression(inside: Inside, depth: number): string {
    const name = this.#name()
    if (depth <= 0) return this.#some([name, this.#value(), name])
    const inner = (): string => this.#expression(inside, depth - 1)
    const plain = (): string => this.#expression({ ...inside, fn: 'sync' }, depth - 1)
    switch (this.#pick(24)) {
      case 0:
        return `(${name} = ${inner()})`
      case 1:
        return `(() => ${plain()})()`
      case 2:
        return `((${this.#parameters()}) => ${plain()})`
      case 3:
        return `attempt('i', function ${this.#pick(2) === 0 ? '' : this.#name()}(q) { ${this.#statement({ ...this.#inner(inside, 'sync'), depth: inside.depth + 1 })}})`
      case 4:
        return `(${inner()}, ${inner()})`
      case 5:
        return `(${inner()} ? ${inner()} : ${inner()})`
      case 6:
        return `(${inner()} + ${inner()})`
      case 7:
        return `[${inner()}, ...([${inner()}])]`
      case 8:
        return `({ ${name}: ${inner()}, get y() { return ${plain()} }, m(a) { return ${plain()} } })`
      case 9:
        return '`' + `t\${${inner()}}` + '`'
      case 10:
        return `${name}.a`
      case 11:
        return `${name}?.b?.(${inner()})`
      case 12:
        return `${this.#some(functionNames)}(${inner()})`
      case 13:
        return `(${name}++)`
      case 14:
        if (inside.fn === 'async' || inside.fn === 'asyncGenerator') return `(await ${inner()})`
        return `typeof ${inner()}`
      case 15:
        if (inside.fn === 'generator' || inside.fn === 'asyncGenerator') return `(yield ${inner()})`
        return `(new TypeError(${inner()})).message`
      case 16:
        return `attempt('n', async () => { ${this.#statement({ ...this.#inner(inside, 'async'), depth: inside.depth + 1 })}})`
      case 17:
        return `(${inner()} ?? ${inner()})`
      case 18:
        return `[${inner()}].map((${name}) => ${plain()})`
      case 19:
        return `callback(${inner()})`
      default:
        return this.#expression(inside, 0)
    }
  }
}
