import { instrumentRuntime } from '../engine/instrument-runtime.ts'
import { safeGet } from '../primordials.ts'
import { captureAbove, type Captured, sitesOf, type Site } from './capture.ts'
import { type Located, Locator } from './locator.ts'
import { parseStack } from './parse-stack.ts'
import { pathOf } from './project.ts'
import { originalInNode, type Position } from './source-map.ts'

/** A place in the user's code. Noted at once, worked out when somebody looks. */
export class CallSite {
  #captured: Captured | undefined
  #place: Position | undefined

  constructor(captured: Captured) {
    this.#captured = captured
  }

  /** The innermost line of the user's code that led here, source-mapped; undefined when there is none. Never throws. */
  resolve(): Position | undefined {
    const captured = this.#captured
    if (captured === undefined) return this.#place
    // A stack holds on to the functions in it.
    this.#captured = undefined
    const locator = new Locator()
    for (const site of sitesOf(captured)) {
      const found = siteOf(site, locator)
      if (found === undefined || found.own || found.kind !== 'app') continue
      const { file, line, column } = found
      return (this.#place = { file, line, column })
    }
    return undefined
  }
}

/**
 * Notes where the user's code called into `above`, in some microseconds: nothing is formatted until it is looked at.
 */
export function callSite(above: Function): CallSite {
  return new CallSite(captureAbove(above))
}

/** A call site of V8 in the code that somebody wrote; undefined for builtins. Never throws. */
export function siteOf(
  site: Site,
  locator: Locator,
): (Located & { readonly functionName: string }) | undefined {
  try {
    const script = site.getFileName()
    const line = site.getLineNumber()
    const column = site.getColumnNumber()
    if (typeof script !== 'string' || script === '' || typeof line !== 'number') return undefined
    const raw = typeof column === 'number' ? column : 1
    const runtime = instrumentRuntime()
    const position = {
      file: pathOf(script),
      line,
      column: runtime?.originalColumn(script, line, raw) ?? raw,
    }
    const name = site.getFunctionName()
    const functionName = typeof name === 'string' ? name : ''
    const inNode = originalInNode(script, line, raw) ?? runtime?.table(script)?.upstream?.original(position)
    if (isCompiled.test(position.file) && inNode === undefined) {
      const original = originalByHook(site)
      if (original !== undefined) return { ...locator.asWritten(original), functionName }
    }
    return { ...locator.locate(position, () => inNode), functionName }
  } catch {
    return undefined
  }
}

const isCompiled = /\.(?:[cm]?tsx?|jsx)$/

/**
 * A compiler that works in memory (ts-node) keeps its maps to itself and puts a hook that knows them in
 * `Error.prepareStackTrace`. It is asked about this one call site, as any log line would do.
 */
function originalByHook(site: Site): Position | undefined {
  const { value: hook } = safeGet(Error, 'prepareStackTrace')
  if (typeof hook !== 'function') return undefined
  const error = Object.create(Error.prototype, { name: { value: 'Error' }, message: { value: '' } }) as Error
  let text: unknown
  try {
    text = Reflect.apply(hook, Error, [error, [site]])
  } catch {
    return undefined
  }
  const found = typeof text === 'string' ? parseStack(text, { most: 1 })[0] : undefined
  return found?.file === undefined ? undefined : { file: found.file, line: found.line, column: found.column }
}
