import type { Frame, Report } from '../packages/protocol/src/index.ts'

/** Reports as the recorder makes them, for tests of what shows and reads them. Paths and times are made up. */

function appFrame(
  functionName: string,
  file: string,
  line: number,
  column: number,
  more: Partial<Frame> = {},
): Frame {
  const location = { file, line, column, exact: true }
  return { functionName, kind: 'app', async: false, live: false, birth: false, location, scopes: [], ...more }
}

function other(kind: 'dependency' | 'node', file: string): Frame {
  const location = { file, line: 42, column: 7, exact: true }
  return { functionName: 'next', kind, async: false, live: false, birth: false, location, scopes: [] }
}

const expressFrames = [
  other('dependency', '/srv/shop/node_modules/router/lib/layer.js'),
  other('dependency', '/srv/shop/node_modules/router/lib/route.js'),
  other('dependency', '/srv/shop/node_modules/express/lib/express.js'),
  other('node', 'node:events'),
]

/** A handler of an Express application reads a property of undefined; no variables. */
export const handlerReport: Report = {
  format: 'throwpoint-report',
  version: 1,
  id: '0123456789abcdef0123456789abcdef',
  kind: 'exception',
  time: '2026-11-23T20:00:00.000Z',
  boundary: 'handler',
  engine: { used: 'stack', reason: null },
  error: {
    name: 'TypeError',
    message: "Cannot read properties of undefined (reading 'total')",
    stack:
      "TypeError: Cannot read properties of undefined (reading 'total')\n    at priceOf (/srv/shop/src/orders.js:12:22)",
    isError: true,
    properties: {},
  },
  causes: [],
  frames: [
    appFrame('priceOf', '/srv/shop/src/orders.js', 12, 22, {
      source: {
        firstLine: 8,
        lines: [
          '',
          'export function priceOf(order) {',
          '\tlet sum = 0',
          '\tfor (const row of order.rows) {',
          '\t\tsum += row.price.total * row.count',
          '\t}',
          '\treturn sum',
          '}',
        ],
      },
    }),
    appFrame('', '/srv/shop/src/app.js', 31, 18, { async: true }),
    ...expressFrames,
  ],
  request: {
    method: 'GET',
    url: '/orders/7?full=1',
    httpVersion: '1.1',
    headers: [
      ['host', 'localhost:3000'],
      ['accept', '*/*'],
    ],
    route: '/orders/:id',
  },
  response: {
    status: 500,
    headersSent: false,
    headers: [['x-powered-by', 'Express']],
    bytesWritten: 0,
    outcome: 'page',
    withoutThrowpoint: { client: 'error-response', process: 'lives' },
  },
  process: {
    pid: 4242,
    node: 'v20.20.2',
    platform: 'linux',
    cwd: '/srv/shop',
    uptime: 12.5,
    memory: { rss: 80_000_000, heapTotal: 30_000_000, heapUsed: 20_000_000 },
  },
  fingerprint: 'f00dfeedf00dfeed',
  count: 1,
  hidden: 0,
  notes: [],
}

/** A stream behind `.pipe(res)` fails after three chunks, with causes. */
export const bodyReport: Report = {
  ...handlerReport,
  id: 'abcdef0123456789abcdef0123456789',
  boundary: 'body',
  engine: {
    used: 'stack',
    reason:
      'the preload is not active: start the server with "node --import throwpoint/register" to see variables',
  },
  error: {
    name: 'ExportError',
    message: 'row 3 of the export cannot be read\nthe file may be damaged',
    code: 'E_EXPORT',
    stack: 'ExportError: row 3 of the export cannot be read\n    at rows (/srv/shop/src/export.js:27:11)',
    isError: true,
    properties: { row: 3, table: 'orders', retry: { after: 10 }, tried: [1, 2] },
  },
  causes: [
    {
      relation: 'cause',
      error: {
        name: 'AggregateError',
        message: 'All replicas failed',
        stack: 'AggregateError: All replicas failed',
        isError: true,
        properties: {},
      },
      frames: [appFrame('readRow', '/srv/shop/src/database.js', 88, 5), ...expressFrames.slice(0, 2)],
    },
    {
      relation: 'aggregate',
      index: 0,
      parent: 0,
      error: {
        name: 'Error',
        message: 'connect ECONNREFUSED 127.0.0.1:5432',
        code: 'ECONNREFUSED',
        stack: 'Error: connect ECONNREFUSED 127.0.0.1:5432',
        isError: true,
        properties: { errno: -111, syscall: 'connect' },
      },
      frames: [other('node', 'node:net')],
    },
    {
      relation: 'cause',
      parent: 1,
      error: { name: 'ExportError', message: '', stack: '', isError: true, properties: {} },
      frames: [],
      ref: -1,
      omitted: 2,
    },
  ],
  frames: [
    appFrame('rows', '/srv/shop/src/export.js', 27, 11, {
      source: {
        firstLine: 25,
        lines: [
          'async function* rows(table) {',
          '  for (const row of await table.read()) {',
          '    throw new ExportError(`row ${row.number} of the export cannot be read`, { cause: row.error })',
          '  }',
          '}',
        ],
      },
    }),
    other('node', 'node:internal/streams/from'),
  ],
  request: { ...handlerReport.request!, url: '/export.csv', route: '/export.csv' },
  response: {
    status: 200,
    headersSent: true,
    headers: [['content-type', 'text/csv']],
    bytesWritten: 12_402,
    body: {
      kind: 'pipe',
      chunks: 3,
      bytes: 12_402,
      firstWrite: 12,
      lastWrite: 210.4,
      attachedAt: { file: '/srv/shop/src/app.js', line: 52, column: 20 },
    },
    outcome: 'cut',
    withoutThrowpoint: { client: 'cut', process: 'crashes' },
    fix: "stream.pipe(res) forwards no errors. Use pipeline(source, res, next) from 'node:stream': the error reaches Express and the process lives.",
  },
  fingerprint: 'beefbeefbeefbeef',
  count: 3,
  hidden: 2,
  notes: ['The source map of dist/export.js could not be read.'],
}

/** `throw null` in a timer that no request started. */
export const backgroundReport: Report = {
  ...handlerReport,
  id: '00000000000000000000000000000001',
  boundary: 'background',
  error: {
    name: 'null',
    message: 'null',
    stack: '',
    isError: false,
    value: { type: 'object', subtype: 'null', description: 'null', value: null },
    properties: {},
  },
  frames: [],
  request: null,
  response: null,
  fingerprint: 'abadcafeabadcafe',
}

/** Uses every optional field of the format. */
export const maximalReport: Report = {
  ...bodyReport,
  id: 'fedcba9876543210fedcba9876543210',
  kind: 'stalled',
  engine: { used: 'instrumented', reason: null },
  error: {
    ...bodyReport.error,
    isError: false,
    value: { type: 'string', description: '"row 3"', value: 'row 3' },
    unavailable: 'the stack was cut',
  },
  frames: [
    {
      functionName: 'recurse',
      kind: 'app',
      async: true,
      live: true,
      birth: true,
      location: { file: '/srv/shop/src/名前.ts', line: 2, column: 22, exact: true },
      generated: { file: '/srv/shop/dist/names.js', line: 4, column: 1 },
      source: { firstLine: 1, lines: ['// 名前', "const 名前 = '値'; throw new Error(名前)", ''] },
      this: { type: 'object', className: 'Shop', description: 'Shop', preview: '{ open: true }', refId: 1 },
      scopes: [
        {
          type: 'local',
          variables: [
            { name: 'id', value: { type: 'number', description: '7', value: 7 } },
            {
              name: 'cart',
              value: {
                type: 'object',
                subtype: 'map',
                className: 'Map',
                description: 'Map(2)',
                preview: "{'rows' => Array(1000), 'shop' => Shop}",
                size: 1000,
                children: [
                  {
                    name: '[0]',
                    kind: 'entry',
                    key: { type: 'string', description: '"rows"', value: 'rows' },
                    value: {
                      type: 'object',
                      subtype: 'array',
                      description: 'Array(1000)',
                      unavailable: 'depth',
                    },
                  },
                  { name: '[1]', kind: 'entry', value: { type: 'object', description: 'Shop', ref: 1 } },
                ],
              },
            },
            { name: 'total', value: { type: 'bigint', description: '123n', unserializableValue: '123n' } },
            {
              name: 'password',
              value: { type: 'string', description: '[redacted]', unavailable: 'redacted' },
            },
          ],
        },
        { type: 'module', variables: [], unavailable: 'not looked at' },
      ],
    },
    ...handlerReport.frames,
  ],
  request: {
    ...bodyReport.request!,
    params: { type: 'object', description: 'Object', children: [] },
    query: { type: 'object', description: 'Object', children: [] },
    body: { type: 'undefined', description: 'undefined' },
  },
  sources: { '/srv/shop/src/orders.js': 'export function priceOf(order) {}\n' },
}

export const samples: Readonly<Record<string, Report>> = {
  handler: handlerReport,
  body: bodyReport,
  background: backgroundReport,
  maximal: maximalReport,
}

/** A copy of a report in which every text of the data, also the names of properties, is this one. */
export function filledWith(report: Report, text: string): Report {
  const words = new Set([
    'format',
    'kind',
    'boundary',
    'used',
    'relation',
    'type',
    'subtype',
    'outcome',
    'client',
  ])
  const fill = (value: unknown, key: string): unknown => {
    if (typeof value === 'string')
      return words.has(key) && !(key === 'kind' && value === 'pipe') ? value : text
    if (Array.isArray(value)) return value.map((item) => fill(item, ''))
    if (typeof value !== 'object' || value === null) return value
    const open = key === 'properties' || key === 'sources'
    const entries = Object.entries(value).map(([name, item], index) => [
      open ? `${text}${index}` : name,
      name === 'process' && typeof item === 'string' ? item : fill(item, name),
    ])
    return Object.fromEntries(entries)
  }
  return fill(report, '') as Report
}
