import { existsSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { nearest } from '@throwpoint/core/nearest'
import { parseArguments } from '../command/arguments.ts'
import { checkForgottenEquals } from '../command/forgotten-equals.ts'
import { commandNamed } from '../command/table.ts'
import { UsageError } from '../command/usage-error.ts'
import { launch } from '../launch/launch.ts'

/** `throwpoint serve [options] module`: starts the program that serves it. */
export function serve(args: string[]): undefined {
  const command = commandNamed('serve')!
  const given = parseArguments(command, args)
  checkForgottenEquals(command, given)
  const { options, nodeOptions, operands } = given
  const [name, ...more] = operands
  if (name === undefined)
    throw new UsageError('There is no module to serve: throwpoint serve app.js', 'serve')
  if (more.length > 0) throw new UsageError(`One module can be served, not also ${more.join(' ')}`, 'serve')
  const port = portOf(options.get('port')?.[0] ?? '3000')
  const host = options.get('host')?.[0] ?? 'localhost'
  const module = moduleFile(name)
  const own = new Map([...options].filter(([option]) => option !== 'port' && option !== 'host'))
  const program = fileURLToPath(new URL('./serve-module.js', import.meta.url))
  launch({
    options: own,
    nodeOptions,
    script: module,
    arguments: [program, module, String(port), host],
  })
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new UsageError(`--port takes a number from 0 to 65535, not ${text}`, 'serve')
}

/** As `import` would find it from here, with the endings left out if one likes. */
function moduleFile(name: string): string {
  const file = path.resolve(name)
  for (const ending of ['', '.js', '.ts', '.mjs', '.cjs', '.mts', '.cts']) {
    if (existsSync(file + ending) && isFile(file + ending)) return file + ending
  }
  try {
    return createRequire(path.join(process.cwd(), 'from')).resolve(file)
  } catch {
    const near = nearest(path.basename(name), namesIn(path.dirname(file)))
    const guess = near === undefined ? '' : ` Did you mean ${path.join(path.dirname(name), near)}?`
    throw new UsageError(`There is no module ${name} in ${process.cwd()}.${guess}`, 'serve')
  }
}

function isFile(file: string): boolean {
  return statSync(file).isFile()
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
