import type { Value } from '@throwpoint/protocol'
import { visible } from '../report/visible.ts'
import { briefText } from './value-text.ts'

/** Lines that are kept until the next reply. */
const most = 200

/** What evaluated code prints: it goes into the reply, and not into the log of the application. */
export class Chatter {
  readonly console: Readonly<Record<string, (...parts: unknown[]) => void>>
  #lines: string[] = []
  #dropped = 0

  constructor(describe: (value: unknown) => Value) {
    const print = (...parts: unknown[]): void => {
      const text = parts
        .map((part) => {
          const value = describe(part)
          return typeof value.value === 'string' ? visible(value.value) : briefText(value, 2000)
        })
        .join(' ')
      for (const line of text.split('\n')) {
        if (this.#lines.length < most) this.#lines.push(line)
        else this.#dropped++
      }
    }
    const none = (): void => {}
    const methods = Object.create(null) as Record<string, (...parts: unknown[]) => void>
    for (const name of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table', 'group', 'dirxml'])
      methods[name] = print
    for (const name of [
      'groupEnd',
      'groupCollapsed',
      'time',
      'timeEnd',
      'timeLog',
      'count',
      'countReset',
      'clear',
    ])
      methods[name] = none
    methods['assert'] = (ok, ...parts) => {
      if (ok !== true && !ok) print('Assertion failed', ...parts)
    }
    this.console = Object.freeze(methods)
  }

  /** What came since it was asked last. */
  take(): string[] {
    const lines = this.#lines
    if (this.#dropped > 0) lines.push(`… ${this.#dropped} more lines`)
    this.#lines = []
    this.#dropped = 0
    return lines
  }
}
