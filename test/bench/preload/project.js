import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** What an application of some size depends on; all of it lies in the `node_modules` of this repository. */
const libraries = ['express', 'express-session', 'compression', 'morgan', 'ejs', 'ajv', 'http-errors']

/**
 * Writes an application: services with a class, async functions, closures, loops, switches and error handling, each of
 * which imports a few others.
 *
 * @param format - `cjs` or `esm`
 * @param size - `long`: modules of some 240 lines and nothing else, the worst there is; `usual`: modules of some 80
 *   lines, Express and a few more dependencies, listening when it is measured
 * @returns the entry
 */
export function writeProject(folder, format, count, size = 'long') {
  mkdirSync(path.join(folder, 'src'), { recursive: true })
  const type = format === 'esm' ? 'module' : 'commonjs'
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'bench', private: true, type }))
  for (let number = 0; number < count; number++) {
    writeFileSync(path.join(folder, `src/module${number}.js`), moduleText(number, format, count, size))
  }
  const entry = path.join(folder, 'index.js')
  const modules = Array.from({ length: count }, (_, number) => `./src/module${number}.js`)
  const load = (name) => (format === 'esm' ? `import '${name}'` : `require('${name}')`)
  const text = modules.map(load)
  if (size === 'usual') {
    symlinkSync(
      fileURLToPath(new URL('../../../node_modules', import.meta.url)),
      path.join(folder, 'node_modules'),
    )
    text.unshift(...libraries.slice(1).map(load), namedImport('express', 'express', format))
    text.push(
      `const app = express()`,
      `app.get('/', (request, response) => response.send('hello'))`,
      `const server = app.listen(0, () => { report(); server.close() })`,
    )
  } else text.push('report()')
  writeFileSync(
    entry,
    `${text.join('\n')}
function report() {
  const { user, system } = process.cpuUsage()
  console.log(JSON.stringify({ ms: performance.now(), cpu: (user + system) / 1000, rss: process.memoryUsage().rss }))
}
`,
  )
  return entry
}

function namedImport(name, from, format) {
  return format === 'esm' ? `import ${name} from '${from}'` : `const ${name} = require('${from}')`
}

function moduleText(number, format, count, size) {
  const dependencies = [1, 7, 31].map((step) => number - step).filter((other) => other >= 0)
  const esm = format === 'esm'
  const imports = dependencies.map((other) =>
    esm
      ? `import { Service${other}, total${other} } from './module${other}.js'`
      : `const { Service${other}, total${other} } = require('./module${other}.js')`,
  )
  const uses = dependencies.map((other) => `typeof Service${other} === 'function' ? total${other}([]) : 0`)
  const partCount = size === 'long' ? 3 + (number % 4) : number % 2
  const parts = Array.from({ length: partCount }, (_, part) => partText(number, part))
  const names = [`Service${number}`, `total${number}`, ...parts.map((_, part) => `handle${number}_${part}`)]
  return `${esm ? '' : "'use strict'\n"}${imports.join('\n')}

/** Module ${number} of ${count}: prices, stock and the orders of a shop. */
const rates = new Map([['eu', 1.19], ['us', 1.07], ['uk', 1.2]])
const limits = { rows: ${10 + (number % 90)}, bytes: 64 * 1024, retries: 3 }

function total${number}(rows) {
  let sum = 0
  for (const row of rows) {
    const rate = rates.get(row.region) ?? 1
    if (row.amount < 0) throw new RangeError(\`amount of row \${row.id} is negative\`)
    sum += row.amount * row.price * rate
  }
  return sum
}

class Service${number} {
  #store = new Map()
  constructor(name, options = {}) {
    this.name = name
    this.options = { ...limits, ...options }
    this.listeners = []
  }
  get size() {
    return this.#store.size
  }
  async load(id, { retries = this.options.retries } = {}) {
    for (let attempt = 0; attempt <= retries; attempt++) {
      try {
        const found = this.#store.get(id) ?? (await this.fetch(id, attempt))
        if (found === undefined) throw new Error(\`nothing has the id \${id}\`)
        this.#store.set(id, found)
        return found
      } catch (error) {
        if (attempt === retries) throw error
        await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** attempt))
      }
    }
    return undefined
  }
  async fetch(id, attempt) {
    const answer = { id, attempt, rows: [], region: ['eu', 'us', 'uk'][id % 3] }
    for (let index = 0; index < this.options.rows; index++) {
      answer.rows.push({ id: index, region: answer.region, amount: index, price: index * 1.5 })
    }
    return answer
  }
  on(type, listener) {
    this.listeners.push({ type, listener, at: Date.now() })
    return () => {
      this.listeners = this.listeners.filter((entry) => entry.listener !== listener)
    }
  }
  emit(type, ...values) {
    for (const { type: wanted, listener } of this.listeners) {
      if (wanted === type) listener.apply(this, values)
    }
  }
  *pages(size) {
    const all = [...this.#store.values()]
    for (let start = 0; start < all.length; start += size) {
      const page = all.slice(start, start + size)
      yield { start, page, last: start + size >= all.length }
    }
  }
}
${parts.join('\n')}
const service = new Service${number}('service ${number}')
const known = [${uses.join(', ')}].reduce((sum, value) => sum + value, 0)
service.on('known', (value) => value + known)
service.emit('known', ${number})

${esm ? `export { ${names.join(', ')} }` : `module.exports = { ${names.join(', ')} }`}
`
}

function partText(number, part) {
  return `
async function handle${number}_${part}(request, response, next) {
  const started = Date.now()
  const { id, region = 'eu', ...rest } = request.query ?? {}
  try {
    const order = await service.load(Number(id))
    const rows = order.rows.filter((row) => row.region === region && row.amount > ${part})
    const groups = rows.reduce((map, row) => {
      const key = \`\${row.region}:\${row.id % 10}\`
      const list = map.get(key) ?? []
      list.push(row)
      return map.set(key, list)
    }, new Map())
    switch (rest.format) {
      case 'csv': {
        const lines = rows.map(({ id: row, amount, price }) => [row, amount, price].join(';'))
        response.type = 'text/csv'
        response.body = lines.join('\\n')
        break
      }
      case 'sum':
        response.body = { total: total${number}(rows), groups: groups.size }
        break
      default:
        response.body = { rows, took: Date.now() - started }
    }
    return response
  } catch (error) {
    error.status ??= 500
    next(error)
    return undefined
  } finally {
    service.emit('handled', { id, part: ${part} })
  }
}
`
}
