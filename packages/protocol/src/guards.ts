import type { Report } from './report.ts'

type Rule = (value: unknown, later: Later) => boolean
/** What is still to be checked: nothing here recurses, a dump may be nested as deeply as its author liked. */
type Later = Array<readonly [value: unknown, rule: Rule]>
type Fields = Readonly<Record<string, Rule>>

const text: Rule = (value) => typeof value === 'string'
const flag: Rule = (value) => typeof value === 'boolean'
const number: Rule = (value) => typeof value === 'number'
const integer: Rule = (value) => Number.isInteger(value)
const natural: Rule = (value) => Number.isInteger(value) && (value as number) >= 0
const position: Rule = (value) => Number.isInteger(value) && (value as number) >= 1
const primitive: Rule = (value) => value === null || ['string', 'number', 'boolean'].includes(typeof value)
const json: Rule = (value) => primitive(value, []) || typeof value === 'object'
const textOrNumber: Rule = (value) => typeof value === 'string' || typeof value === 'number'

function only(...allowed: ReadonlyArray<string | number>): Rule {
  return (value) => allowed.includes(value as string)
}

function orNull(rule: Rule): Rule {
  return (value, later) => value === null || rule(value, later)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shape(required: Fields, optional: Fields = {}): Rule {
  const wanted = Object.entries(required)
  const possible = Object.entries(optional)
  return (value, later) => {
    if (!isObject(value)) return false
    for (const [name, rule] of wanted) {
      if (!Object.hasOwn(value, name)) return false
      later.push([value[name], rule])
    }
    for (const [name, rule] of possible) {
      if (Object.hasOwn(value, name)) later.push([value[name], rule])
    }
    return true
  }
}

function list(rule: Rule): Rule {
  return (value, later) => {
    if (!Array.isArray(value)) return false
    for (const item of value) later.push([item, rule])
    return true
  }
}

function record(rule: Rule): Rule {
  return (value, later) => {
    if (!isObject(value)) return false
    for (const item of Object.values(value)) later.push([item, rule])
    return true
  }
}

const headers: Rule = list(
  (value) => Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string'),
)

const place = shape({ file: text, line: position, column: position })

const value: Rule = (candidate, later) => valueShape(candidate, later)
const property = shape(
  { name: text, kind: only('data', 'accessor', 'entry', 'private', 'internal'), value },
  { key: value },
)
const valueShape = shape(
  {
    type: only('undefined', 'boolean', 'number', 'bigint', 'string', 'symbol', 'function', 'object'),
    description: text,
  },
  {
    subtype: text,
    className: text,
    value: primitive,
    unserializableValue: text,
    preview: text,
    children: list(property),
    size: natural,
    refId: natural,
    ref: natural,
    unavailable: text,
  },
)

const frame = shape(
  {
    functionName: text,
    kind: only('app', 'dependency', 'node'),
    async: flag,
    live: flag,
    birth: flag,
    location: orNull(shape({ file: text, line: position, column: position, exact: flag })),
    scopes: list(
      shape(
        {
          type: only('block', 'local', 'closure', 'module'),
          variables: list(shape({ name: text, value })),
        },
        { unavailable: text },
      ),
    ),
  },
  { generated: place, source: shape({ firstLine: position, lines: list(text) }), this: value },
)

const error = shape(
  { name: text, message: text, stack: text, isError: flag, properties: record(json) },
  { code: textOrNumber, value, unavailable: text },
)

const cause = shape(
  { relation: only('cause', 'aggregate'), error, frames: list(frame) },
  { index: natural, parent: natural, ref: integer, omitted: natural },
)

const request = shape(
  { method: text, url: text, httpVersion: text, headers },
  { route: text, params: value, query: value, body: value },
)

const response = shape(
  {
    status: integer,
    headersSent: flag,
    headers,
    bytesWritten: natural,
    outcome: only('page', 'application', 'framework', 'cut', 'none'),
    withoutThrowpoint: shape({
      client: only(
        'error-response',
        'application',
        'answer-intact',
        'cut',
        'empty-reply',
        'hangs',
        'wrong-404',
        'unknown',
      ),
      process: only('lives', 'crashes'),
    }),
  },
  {
    body: shape(
      { kind: text, chunks: natural, bytes: natural },
      { firstWrite: number, lastWrite: number, attachedAt: place },
    ),
    fix: text,
  },
)

const report = shape(
  {
    format: only('throwpoint-report'),
    version: only(1),
    id: (candidate) => typeof candidate === 'string' && /^[0-9a-f]{32}$/.test(candidate),
    kind: only('exception', 'stalled'),
    time: text,
    boundary: only('handler', 'error-handler', 'body', 'close', 'background', 'startup'),
    engine: shape({ used: only('instrumented', 'inspector', 'stack'), reason: orNull(text) }),
    error,
    causes: list(cause),
    frames: list(frame),
    request: orNull(request),
    response: orNull(response),
    process: shape({
      pid: integer,
      node: text,
      platform: text,
      cwd: text,
      uptime: number,
      memory: shape({ rss: number, heapTotal: number, heapUsed: number }),
    }),
    fingerprint: text,
    count: natural,
    hidden: natural,
    notes: list(text),
  },
  { sources: record(text) },
)

/**
 * Whether a value (parsed JSON, usually) is a report of version 1 that every surface can show. Checks what they rely
 * on: the required fields, and the type of each known field. Unknown fields are no fault: a later version may have
 * written them. Never throws on parsed JSON, however deep it is nested.
 * @example
 * const data: unknown = JSON.parse(text)
 * if (!isReport(data)) throw new TypeError('not a report')
 */
export function isReport(candidate: unknown): candidate is Report {
  const later: Later = [[candidate, report]]
  let next: Later[number] | undefined
  while ((next = later.pop()) !== undefined) {
    if (!next[1](next[0], later)) return false
  }
  return true
}
