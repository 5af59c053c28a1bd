import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { assertReport, reportSchema, schemaErrors } from '../../../test/report-schema.ts'
import { handlerReport, maximalReport, samples } from '../../../test/report-samples.ts'
import { isReport } from './guards.ts'

type Tree = Record<string, unknown>

/** Calls back with a copy of the report, changed at one place, for every place. */
function eachObject(
  report: unknown,
  visit: (path: string, at: (root: unknown) => Tree, object: Tree) => void,
): void {
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value !== 'object' || value === null) return
    if (!Array.isArray(value)) {
      const at = (root: unknown): Tree => path.reduce((of, key) => (of as Tree)[key], root) as Tree
      visit(path.join('.'), at, value as Tree)
    }
    for (const [key, item] of Object.entries(value)) walk(item, [...path, key])
  }
  walk(report, [])
}

/** Objects whose keys are data. */
function isOpen(path: string): boolean {
  return /(^|\.)(properties|sources)(\.|$)/.test(path)
}

/** The fields of the interfaces in a source text: name → optional. */
function interfacesIn(source: string): Map<string, Map<string, boolean>> {
  const found = new Map<string, Map<string, boolean>>()
  for (const [, name = '', body = ''] of source.matchAll(/^export interface (\w+) \{\n(.*?)^\}/gms)) {
    const fields = new Map<string, boolean>()
    for (const [, field = '', optional] of body.matchAll(/^ {2}readonly (\w+)(\?)?:/gm)) {
      fields.set(field, optional === '?')
    }
    found.set(name, fields)
  }
  return found
}

const texts = ['report.ts', 'value.ts'].map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))

describe('report.schema.json', () => {
  it.each(Object.entries(samples))('accepts the sample "%s"', (_, report) => {
    expect(schemaErrors(report)).toEqual([])
    expect(() => assertReport(report)).not.toThrow()
  })

  it('has the fields of the types, and requires those that are required', () => {
    const interfaces = new Map(texts.flatMap((text) => [...interfacesIn(text)]))
    expect(interfaces.size).toBeGreaterThan(14)
    for (const [name, fields] of interfaces) {
      const schema = name === 'Report' ? reportSchema : reportSchema.$defs[name]
      expect(schema, name).toBeDefined()
      expect(Object.keys(schema!.properties!).toSorted(), name).toEqual([...fields.keys()].toSorted())
      const required = [...fields].filter(([, optional]) => !optional).map(([field]) => field)
      expect(schema!.required!.toSorted(), name).toEqual(required.toSorted())
    }
  })

  it('has the words of the types', () => {
    const unions: ReadonlyArray<readonly [definition: string, field: string, type: string]> = [
      ['Report', 'boundary', 'Boundary'],
      ['EngineInfo', 'used', 'EngineName'],
      ['Value', 'type', 'ValueType'],
      ['Value', 'subtype', 'ValueSubtype'],
      ['Value', 'unavailable', 'UnavailableReason'],
    ]
    for (const [definition, field, type] of unions) {
      const union = texts.map(
        (text) =>
          new RegExp(`^export type ${type} =\\s*(?:[|] )?([^;]*?)\\n\\n`, 'ms').exec(`${text}\n\n`)?.[1],
      )
      const words = [...(union.find((found) => found !== undefined) ?? '').matchAll(/'([\w-]+)'/g)].map(
        ([, word]) => word,
      )
      const schema = definition === 'Report' ? reportSchema : reportSchema.$defs[definition]!
      expect(words.length, type).toBeGreaterThan(2)
      expect(schema.properties![field]!.enum, type).toEqual(words)
    }
    const report = texts[0]!
    const inline: ReadonlyArray<readonly [definition: string, field: string]> = [
      ['Report', 'kind'],
      ['Cause', 'relation'],
      ['Frame', 'kind'],
      ['Scope', 'type'],
      ['WithoutThrowpoint', 'client'],
      ['WithoutThrowpoint', 'process'],
      ['ResponseInfo', 'outcome'],
    ]
    for (const [definition, field] of inline) {
      const body = new RegExp(`^export interface ${definition} \\{\\n(.*?)^\\}`, 'ms').exec(report)![1]!
      const type = new RegExp(`^ {2}readonly ${field}\\??:((?:\\s*[|]?\\s*'[\\w-]+')+)`, 'm').exec(body)![1]!
      const schema = definition === 'Report' ? reportSchema : reportSchema.$defs[definition]!
      expect(schema.properties![field]!.enum, `${definition}.${field}`).toEqual(
        [...type.matchAll(/'([\w-]+)'/g)].map(([, word]) => word),
      )
    }
  })

  it('is closed wherever its names are fixed', () => {
    for (const [name, schema] of [...Object.entries(reportSchema.$defs), ['Report', reportSchema] as const]) {
      if (schema.properties !== undefined) expect(schema.additionalProperties, name).toBe(false)
    }
    eachObject(maximalReport, (path, at) => {
      if (isOpen(path)) return
      const changed = structuredClone(maximalReport)
      at(changed)['unheardOf'] = 1
      expect(schemaErrors(changed), path).not.toEqual([])
      // A guard for reading: what a later version adds is no fault.
      expect(isReport(changed), path).toBe(true)
    })
  })

  it('uses every field of every definition in the maximal sample', () => {
    const used = new Map<string, Set<string>>()
    const keysOf = (objects: readonly unknown[]): Set<string> =>
      new Set(objects.flatMap((of) => Object.keys(of as object)))
    const all: Tree[] = []
    eachObject(maximalReport, (_, __, object) => all.push(object))
    const with_ = (...keys: string[]): Tree[] => all.filter((object) => keys.every((key) => key in object))
    used.set('Frame', keysOf(with_('functionName')))
    used.set('Cause', keysOf(with_('relation')))
    used.set('Value', keysOf(with_('type', 'description')))
    used.set('Property', keysOf(with_('kind', 'value')))
    used.set('Scope', keysOf(with_('variables')))
    used.set('ErrorInfo', keysOf([maximalReport.error]))
    used.set('RequestInfo', keysOf([maximalReport.request]))
    used.set('ResponseInfo', keysOf([maximalReport.response]))
    used.set('BodyInfo', keysOf([maximalReport.response!.body]))
    for (const [name, keys] of used) {
      expect([...keys].toSorted(), name).toEqual(
        Object.keys(reportSchema.$defs[name]!.properties!).toSorted(),
      )
    }
    expect(Object.keys(maximalReport).toSorted()).toEqual(Object.keys(reportSchema.properties!).toSorted())
  })

  it('is published with the package', () => {
    const require = createRequire(import.meta.url)
    expect(require('@throwpoint/protocol/report.schema.json')).toEqual(reportSchema)
  })
})

describe('isReport', () => {
  it.each(Object.entries(samples))('accepts the sample "%s"', (_, report) => {
    expect(isReport(JSON.parse(JSON.stringify(report)))).toBe(true)
  })

  it('agrees with the schema that nothing required may be missing', () => {
    let removed = 0
    eachObject(maximalReport, (path, at, object) => {
      if (isOpen(path)) return
      for (const key of Object.keys(object)) {
        const changed = structuredClone(maximalReport)
        delete at(changed)[key]
        const valid = schemaErrors(changed).length === 0
        expect(isReport(changed), `${path}.${key}`).toBe(valid)
        if (!valid) removed += 1
      }
    })
    expect(removed).toBeGreaterThan(150)
  })

  it('agrees with the schema that a field of another type is a fault', () => {
    eachObject(maximalReport, (path, at, object) => {
      if (isOpen(path)) return
      for (const key of Object.keys(object)) {
        for (const wrong of [null, [[1]], Number.NaN]) {
          const changed = structuredClone(maximalReport)
          at(changed)[key] = wrong
          const asJson: unknown = JSON.parse(JSON.stringify(changed))
          if (schemaErrors(asJson).length === 0) expect(isReport(asJson), `${path}.${key}`).toBe(true)
          else expect(isReport(asJson), `${path}.${key} = ${JSON.stringify(wrong)}`).toBe(false)
        }
      }
    })
  })

  it.each([null, undefined, 1, 'report', [], {}, () => {}, { format: 'throwpoint-report', version: 2 }])(
    'refuses %s',
    (value) => {
      expect(isReport(value)).toBe(false)
    },
  )

  it('reads values that are nested 100,000 deep', () => {
    const depth = 100_000
    const open = '{"type":"object","description":"Object","children":[{"name":"a","kind":"data","value":'
    const deep = (leaf: string): string => `${open.repeat(depth)}${leaf}${'}]}'.repeat(depth)}`
    const withBody = (leaf: string): unknown => {
      const body: unknown = JSON.parse(deep(leaf))
      return { ...handlerReport, request: { ...handlerReport.request, body } }
    }
    expect(isReport(withBody('{"type":"number","description":"1"}'))).toBe(true)
    expect(isReport(withBody('{"type":"number"}'))).toBe(false)
  })

  it('takes a key named __proto__ for data', () => {
    const text = JSON.stringify(handlerReport).replace(
      '"properties":{}',
      '"properties":{"__proto__":{"isAdmin":true}}',
    )
    expect(isReport(JSON.parse(text))).toBe(true)
    expect(({} as Tree)['isAdmin']).toBeUndefined()
  })
})
