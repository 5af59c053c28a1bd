import type { Cause, Frame, Report, Value } from '../../packages/protocol/src/index.ts'
import { bodyReport, handlerReport } from '../report-samples.ts'

const source = {
  firstLine: 37,
  lines: [
    'export async function settle(order: Order, retries = 3): Promise<Receipt> {',
    "  const account = await accounts.find({ id: order.accountId, state: 'open' })",
    '  // The gateway answers twice now and then.',
    '  for (const row of order.rows) {',
    '    const price = await prices.of(row.article, { currency: account.currency })',
    '    total += price.amount * row.count',
    '  }',
    '  const receipt = await gateway.charge(account.token, total)',
    '  return { ...receipt, order: order.id }',
    '}',
    '',
  ],
}

const row: Value = {
  type: 'object',
  description: 'Object',
  preview: "{ article: 'A-1000', count: 2 }",
  children: [
    { name: 'article', kind: 'data', value: { type: 'string', description: '"A-1000"', value: 'A-1000' } },
    { name: 'count', kind: 'data', value: { type: 'number', description: '2', value: 2 } },
    {
      name: 'token',
      kind: 'data',
      value: { type: 'string', description: '[redacted]', unavailable: 'redacted' },
    },
    {
      name: 'total',
      kind: 'accessor',
      value: { type: 'function', description: '[getter]', unavailable: 'getter' },
    },
  ],
}

function variables(number: number): Frame['scopes'] {
  return [
    {
      type: 'block',
      variables: [
        { name: 'row', value: row },
        {
          name: 'price',
          value: { type: 'undefined', description: 'undefined', unavailable: 'uninitialized' },
        },
      ],
    },
    {
      type: 'local',
      variables: [
        {
          name: 'order',
          value: {
            type: 'object',
            className: 'Order',
            description: 'Order',
            preview: "{ id: 7, rows: Array(250), note: 'please ring…', placed: Date }",
            children: [
              { name: 'id', kind: 'data', value: { type: 'number', description: '7', value: 7 } },
              {
                name: 'rows',
                kind: 'data',
                value: {
                  type: 'object',
                  subtype: 'array',
                  className: 'Array',
                  description: 'Array(250)',
                  preview: '[{…}, {…}, {…}, …]',
                  size: 250,
                  unavailable: 'items',
                  children: Array.from({ length: 3 }, (_, index) => ({
                    name: `[${index}]`,
                    kind: 'data' as const,
                    value: row,
                  })),
                },
              },
              {
                name: 'note',
                kind: 'data',
                value: {
                  type: 'string',
                  description: JSON.stringify('please ring twice, the bell is broken. '.repeat(9)),
                  value: 'please ring twice, the bell is broken. '.repeat(9),
                },
              },
            ],
          },
        },
        { name: 'retries', value: { type: 'number', description: String(number), value: number } },
        { name: 'total', value: { type: 'number', description: '129.5', value: 129.5 } },
      ],
    },
    { type: 'module', variables: [{ name: 'prices', value: { type: 'object', description: 'PriceList' } }] },
  ]
}

/** As many frames of the user's as asked for, each with source and, if wanted, variables. */
export function deepReport(frames: number, withVariables: boolean): Report {
  return {
    ...handlerReport,
    engine: withVariables ? { used: 'instrumented', reason: null } : handlerReport.engine,
    frames: [
      ...Array.from({ length: frames }, (_, index): Frame => ({
        functionName: index % 3 === 0 ? 'settle' : `Checkout.step${index}`,
        kind: 'app',
        async: index % 3 === 1,
        live: withVariables,
        birth: false,
        location: { file: `/srv/shop/src/checkout/step-${index}.ts`, line: 41, column: 32, exact: true },
        source,
        scopes: withVariables ? variables(index) : [],
      })),
      ...handlerReport.frames.slice(2),
    ],
  }
}

/** Twenty causes, each of the one before it, with long messages. */
export function deepCauses(): Report {
  const causes = Array.from({ length: 20 }, (_, index): Cause => ({
    ...bodyReport.causes[0]!,
    ...(index === 0 ? {} : { parent: index - 1 }),
    error: {
      ...bodyReport.causes[0]!.error,
      name: `Layer${index}Error`,
      message: `layer ${index} failed: `.repeat(30),
    },
  }))
  return { ...bodyReport, causes }
}

/** A message such as validation libraries write: long, of many lines, one of them without a place to break. */
export function longMessage(): Report {
  const message = `${'x'.repeat(3000)}\n${'[\n  {\n    "path": ["rows", 0]\n  }\n]\n'.repeat(200)}`
  return { ...handlerReport, error: { ...handlerReport.error, message } }
}

/** A line of a bundle. */
export function bundledReport(): Report {
  const line = 'function a(b){return b.c.d}'.repeat(4000)
  const [first, ...rest] = handlerReport.frames
  const location = { file: '/srv/shop/dist/bundle.js', line: 1, column: 50_023, exact: true }
  return {
    ...handlerReport,
    frames: [{ ...first!, location, source: { firstLine: 1, lines: [line] } }, ...rest],
  }
}
