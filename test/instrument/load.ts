import vm from 'node:vm'
import { rewrite, Runtime, type Frame, type FunctionTable, type Language } from '@throwpoint/instrument'

const tables = new Map<string, FunctionTable>()
Runtime.shared().addTables((file) => () => tables.get(file))
let count = 0

/** The rewritten text of a CommonJS module. @throws when it is left as it is */
export function rewritten(source: string, language: Language = 'js'): string {
  const result = rewrite(source, { file: 'text.cjs', kind: 'commonjs', language })
  if ('untouched' in result) throw new Error(result.untouched)
  return result.code
}

/** Rewrites the text of a CommonJS module and runs it. @returns its exports */
// eslint-disable-next-line typescript/no-explicit-any
export function load(source: string, globals: Record<string, unknown> = {}): any {
  const file = `/fixture/${++count}.cjs`
  const result = rewrite(source, { file, kind: 'commonjs', language: 'js' })
  if ('untouched' in result) throw new Error(result.untouched)
  tables.set(file, result.functions)
  const module = { exports: {} }
  const names = Object.keys(globals)
  const body = vm.runInThisContext(`(function (module, exports, ${names.join()}) {${result.code}\n})`, {
    filename: file,
  }) as (...list: unknown[]) => void
  body(module, module.exports, ...names.map((name) => globals[name]))
  return module.exports
}

/** What a function throws, and the frames it has passed. */
export async function thrown(run: () => unknown): Promise<{ error: unknown; frames: readonly Frame[] }> {
  try {
    await run()
  } catch (error) {
    return { error, frames: Runtime.shared().takeFrames(error) }
  }
  throw new Error('nothing was thrown')
}

/** `f(a=1 b=2) < g()`: names, and the variables of the function itself and its blocks. */
export function summary(frames: readonly Frame[]): string {
  return frames
    .map((frame) => {
      const variables = frame
        .scopes()
        .filter((scope) => scope.type === 'block' || scope.type === 'local')
        .flatMap((scope) => scope.names.map((name) => `${name}=${spell(scope.read(name))}`))
      return `${frame.birth ? '*' : ''}${frame.functionName}(${variables.join(' ')})`
    })
    .join(' < ')
}

function spell(reading: object): string {
  if ('unavailable' in reading) return `<${String(reading.unavailable)}>`
  const value = (reading as { value: unknown }).value
  if (typeof value === 'function') return `ƒ${value.name}`
  if (value instanceof Error) return value.message
  return JSON.stringify(value) ?? String(value)
}
