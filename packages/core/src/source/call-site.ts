import { parseStack } from './parse-stack.ts'

export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** A place in the user's code. Noted at once, worked out when somebody looks. */
export class CallSite {
  readonly #noted: { readonly stack?: unknown }

  constructor(noted: { readonly stack?: unknown }) {
    this.#noted = noted
  }

  /** The innermost line of the user's code that led here; undefined when there is none. */
  resolve(): Place | undefined {
    const { stack } = this.#noted
    const frames = typeof stack === 'string' ? parseStack(stack) : []
    const found = frames.find(
      ({ file }) => file?.startsWith('/') && !/\/node_modules\/|\/packages\/core\//.test(file),
    )
    return found?.file === undefined
      ? undefined
      : { file: found.file, line: found.line, column: found.column }
  }
}

/** Notes who called `above`. */
export function callSite(above: Function): CallSite | undefined {
  const noted: { stack?: unknown } = {}
  Error.captureStackTrace(noted, above)
  return new CallSite(noted)
}
