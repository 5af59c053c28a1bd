import type { Frame, Limits } from '@throwpoint/protocol'
import { parseStack } from '../source/parse-stack.ts'
import { excerptOf, sourceText } from '../source/source-file.ts'
import type { Engine, EngineFrame, FramesOfThrow } from './engine.ts'

const reason =
  'frames come from error.stack; to see variables, start the process with "node --inspect" and set break: \'boundary\''

/** Frames out of `error.stack`: places and source, no variables. It always works. */
export class StackEngine implements Engine {
  readonly name = 'stack' as const
  readonly #limits: Limits

  constructor({ limits }: { readonly limits: Limits }) {
    this.#limits = limits
  }

  frames(_thrown: unknown, stackText: string): FramesOfThrow {
    const frames = parseStack(stackText, { most: this.#limits.frames }).map((found): EngineFrame => {
      const { file, line, column, exact } = found
      const kind =
        file === undefined || file.startsWith('node:')
          ? 'node'
          : /[/\\]node_modules[/\\]/.test(file)
            ? 'dependency'
            : 'app'
      const text = kind === 'app' && file !== undefined ? sourceText(file) : undefined
      const source = text === undefined ? undefined : excerptOf(text, line)
      const frame: Frame = {
        functionName: found.functionName,
        kind,
        async: found.async,
        live: false,
        birth: false,
        location: file === undefined ? null : { file, line, column, exact },
        ...(source === undefined ? {} : { source }),
        scopes: [],
      }
      return { frame }
    })
    return { engine: { used: 'stack', reason }, frames, stack: stackText, notes: [] }
  }
}
