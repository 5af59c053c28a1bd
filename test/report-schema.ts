import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

const file = new URL('../packages/protocol/schema/report.schema.json', import.meta.url)

export const reportSchema = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly $defs: Readonly<Record<string, SchemaObject>>
} & SchemaObject

export interface SchemaObject {
  readonly type?: string
  readonly properties?: Readonly<Record<string, { readonly enum?: readonly string[] }>>
  readonly required?: readonly string[]
  readonly additionalProperties?: unknown
}

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true })
const validate: ValidateFunction = ajv.compile(reportSchema)

/** What is wrong with a report by the published schema; empty when nothing is. */
export function schemaErrors(report: unknown): string[] {
  if (validate(report)) return []
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath === '' ? '(report)' : instancePath} ${message ?? ''} ${JSON.stringify(params)}`
  })
}

/**
 * Throws unless the value is a report by the published schema. It is checked as the JSON others receive, so that a
 * field that JSON would lose counts as lost.
 */
export function assertReport(report: unknown): void {
  const errors = schemaErrors(JSON.parse(JSON.stringify(report) ?? 'null'))
  if (errors.length === 0) return
  const shown = errors.slice(0, 10).join('\n  ')
  throw new Error(`This is no throwpoint-report by its schema (${errors.length} faults):\n  ${shown}`)
}
