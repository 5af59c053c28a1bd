import type { Redactor } from './redactor.ts'

export interface RedactOptions {
  readonly names?: readonly string[]
  readonly keep?: readonly string[]
}

export const marker = '[redacted]'

/** What is hidden in reports. One for each `debugMiddleware(options)`. */
export class Redaction {
  readonly #options: RedactOptions

  constructor(options: RedactOptions = {}) {
    this.#options = options
  }

  forReport(): ReportRedaction {
    return new ReportRedaction(this.#options)
  }
}

const secretName =
  /password|passwd|secret|token|apikey|privatekey|credential|bearer|jwt|cookie|sessionid|csrf|xsrf|authorization/

export class ReportRedaction implements Redactor {
  hidden = 0
  readonly #names: ReadonlySet<string>
  readonly #keep: ReadonlySet<string>

  constructor(options: RedactOptions) {
    this.#names = new Set(options.names?.map(normalise))
    this.#keep = new Set(options.keep?.map(normalise))
  }

  hides(name: string, value: unknown): boolean {
    if (typeof value !== 'string' || !this.#isSecret(name)) return false
    this.hidden++
    return true
  }

  text(text: string): string {
    return text
  }

  header(name: string, value: string): string {
    return this.#isSecret(name) ? marker : value
  }

  finish<T>(report: T): T {
    return report
  }

  #isSecret(name: string): boolean {
    const plain = normalise(name)
    return !this.#keep.has(plain) && (this.#names.has(plain) || secretName.test(plain))
  }
}

function normalise(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}
