import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from '@throwpoint/protocol'
import { jsonText } from '../report/json-text.ts'

export interface DumpOptions {
  readonly directory: string
}

export type DumpWritten = { readonly file: string } | { readonly error: string }

/** Writes reports to files. */
export class DumpWriter {
  readonly #directory: string

  constructor({ directory }: DumpOptions) {
    this.#directory = directory
  }

  write(report: Report, sources: Readonly<Record<string, string>>): DumpWritten {
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 })
      const time = report.time.replace(/[-:]|\.\d+/g, '')
      const file = join(this.#directory, `${time}-${report.id}.throwpoint.json`)
      writeFileSync(`${file}.tmp`, jsonText({ ...report, sources }), { mode: 0o600, flag: 'wx' })
      renameSync(`${file}.tmp`, file)
      return { file }
    } catch (error) {
      return { error: `The dump could not be written to ${this.#directory}: ${(error as Error).message}` }
    }
  }
}
