// Fails when a package imports what stands above it: protocol ← instrument ← core ← http ← express, koa; core ← cli.
// Usage: node scripts/import-direction.js [folder of packages]
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const scope = '@throwpoint/'

/** What the sources of a package may import of the others. `type …`: types alone. */
const mayImport = {
  protocol: [],
  instrument: ['protocol'],
  core: ['protocol', 'instrument'],
  page: ['type protocol'],
  http: ['protocol', 'core', 'page'],
  express: ['protocol', 'core', 'http'],
  koa: ['protocol', 'core', 'http'],
  cli: ['protocol', 'instrument', 'core', 'http', 'page', 'express', 'koa'],
}

const statement =
  /^(?:import\s*|(?:import|export)\s+(type\s)?((?:[\w$*\s,]|\{[^}]*\})*?)from\s*)(['"])([^'"\n]+)\3/gm
const call = /(typeof\s+)?\b(?:import|require)\s*\(\s*(['"])([^'"\n]+)\2/g

/** Every import of a file: its specifier, its line, and whether types are all it takes. */
export function importsOf(source) {
  // Comments give way to as many lines.
  const code = source
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/^\s*\/\/.*$/gm, '')
  const lineAt = (index) => code.slice(0, index).split('\n').length
  const found = []
  for (const { index, 1: type, 2: names, 4: specifier } of code.matchAll(statement)) {
    found.push({
      specifier,
      line: lineAt(index),
      typeOnly: type !== undefined || namesTypesOnly(names ?? ''),
    })
  }
  for (const { index, 1: type, 3: specifier } of code.matchAll(call)) {
    found.push({ specifier, line: lineAt(index), typeOnly: type !== undefined })
  }
  return found
}

function namesTypesOnly(names) {
  const braces = /^\{([^}]*)\}\s*$/.exec(names.trim())
  const list = braces?.[1].split(',').filter((name) => name.trim() !== '')
  return list !== undefined && list.length > 0 && list.every((name) => /^\s*type\s/.test(name))
}

/** One sentence for each import that goes the wrong way. */
export function violations(packages) {
  const found = []
  for (const folder of readdirSync(packages).sort()) {
    const manifest = join(packages, folder, 'package.json')
    if (!existsSync(manifest)) continue
    const allowed = mayImport[folder]
    if (allowed === undefined) {
      found.push(`${folder}: is not in the table of scripts/import-direction.js`)
      continue
    }
    const { name, dependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8'))
    const declared = new Set([name, ...Object.keys(dependencies)])
    for (const other of Object.keys(dependencies)) {
      const why = other.startsWith(scope) ? wrongWay(other.slice(scope.length), allowed, true) : undefined
      if (why !== undefined) found.push(`${folder}/package.json depends on ${other}: ${folder} ${why}`)
    }
    for (const file of sourcesIn(join(packages, folder, 'src'))) {
      const own = join(packages, folder) + sep
      for (const { specifier, line, typeOnly } of importsOf(readFileSync(file, 'utf8'))) {
        const why = wrongImport(specifier, { file, own, folder, allowed, declared, typeOnly })
        if (why !== undefined) found.push(`${relative(packages, file)}:${line} imports ${specifier}: ${why}`)
      }
    }
  }
  return found
}

function wrongImport(specifier, { file, own, folder, allowed, declared, typeOnly }) {
  if (specifier.startsWith('node:')) return undefined
  if (specifier.startsWith('.')) {
    return resolve(dirname(file), specifier).startsWith(own)
      ? undefined
      : 'the file is outside of the package'
  }
  const [first, second] = specifier.split('/')
  const name = first.startsWith('@') ? `${first}/${second}` : first
  if (name.startsWith(scope) && name !== scope + folder) {
    const why = wrongWay(name.slice(scope.length), allowed, typeOnly)
    if (why !== undefined) return `${folder} ${why}`
  }
  return declared.has(name) ? undefined : `${name} is not in the dependencies of ${folder}`
}

function wrongWay(other, allowed, typeOnly) {
  if (allowed.includes(other) || (typeOnly && allowed.includes(`type ${other}`))) return undefined
  return `may import ${allowed.length === 0 ? 'none of the others' : `only ${allowed.join(', ')}`}`
}

/** Tests may import what they like. */
function sourcesIn(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true })
    .filter((file) => /\.[cm]?tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .sort((a, b) => (a < b ? -1 : 1))
    .map((file) => join(folder, file))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = violations(resolve(process.argv[2] ?? fileURLToPath(new URL('../packages', import.meta.url))))
  for (const sentence of found) console.error(sentence)
  if (found.length > 0) process.exitCode = 1
}
