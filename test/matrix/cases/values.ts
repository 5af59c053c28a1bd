import type { Cells, Row } from '../row.ts'

const invisible = {
  outcome: '404',
  boundaries: [],
  limit: 'Express takes a falsy value for "no error": no hook ever sees it',
} as const

interface ValueRow {
  readonly value: string
  readonly thrown: Cells
  readonly rejected: Cells
}

const usual = (value: string): ValueRow => ({
  value,
  thrown: { express: '500', koa: '500' },
  rejected: { express4: 'RST crash', express5: '500', koa: '500' },
})

const table: readonly ValueRow[] = [
  usual('string'),
  usual('number'),
  usual('symbol'),
  usual('function'),
  {
    value: 'status-object',
    thrown: { express: '418', koa: '500' },
    rejected: { express4: 'RST crash', express5: '418', koa: '500' },
  },
  {
    value: 'null',
    thrown: { express: invisible, koa: 'HANG -> page 500' },
    rejected: { express4: 'RST crash', express5: '500', koa: 'HANG -> page 500' },
  },
  {
    value: 'undefined',
    thrown: { express: invisible, koa: 'HANG -> page 500' },
    rejected: { express4: 'RST crash', express5: '500', koa: 'HANG -> page 500' },
  },
  {
    value: 'zero',
    thrown: { express: invisible, koa: '500' },
    rejected: { express4: 'RST crash', express5: '500', koa: '500' },
  },
  {
    value: 'false',
    thrown: { express: invisible, koa: '500' },
    rejected: { express4: 'RST crash', express5: '500', koa: '500' },
  },
  {
    value: 'empty-string',
    thrown: { express: invisible, koa: '500' },
    rejected: { express4: 'RST crash', express5: '500', koa: '500' },
  },
  {
    value: 'nan',
    thrown: { express: invisible, koa: '500' },
    rejected: { express4: 'RST crash', express5: '500', koa: '500' },
  },
  {
    value: 'null-prototype',
    // Express 4 answers, and dies when it prints the value.
    thrown: { express4: '500 crash', express5: '500', koa: '500' },
    rejected: { express4: 'RST crash', express5: '500', koa: '500' },
  },
  {
    value: 'frozen',
    thrown: { express: '500', koa: 'RST crash' },
    rejected: { express4: 'RST crash', express5: '500', koa: 'RST crash' },
  },
  {
    value: 'bigint',
    thrown: { express: '500', koa: 'RST crash' },
    rejected: { express4: 'RST crash', express5: '500', koa: 'RST crash' },
  },
  {
    value: 'throwing-proxy',
    thrown: { express: 'RST crash', koa: 'RST crash' },
    rejected: { express: 'RST crash', koa: 'RST crash' },
  },
  {
    value: 'revoked-proxy',
    thrown: { express: 'RST crash', koa: 'RST crash' },
    rejected: { express: 'RST crash', koa: 'RST crash' },
  },
  {
    value: 'throwing-stack',
    thrown: { express: 'RST crash', koa: 'RST crash' },
    rejected: { express: 'RST crash', koa: 'RST crash' },
  },
  usual('proxied-error'),
  usual('other-realm'),
  usual('dom-exception'),
  usual('aggregate'),
  usual('cause'),
  usual('self-cause'),
  usual('object-message'),
  {
    value: 'numeric-stack',
    thrown: { express: '500', koa: 'RST crash' },
    rejected: { express4: 'RST crash', express5: '500', koa: 'RST crash' },
  },
  {
    value: 'bad-headers',
    // Express fails later, when it has the whole request.
    thrown: { express: 'RST crash', koa: 'RST crash' },
    rejected: { express: 'RST crash', koa: 'RST crash' },
  },
  {
    value: 'throwing-headers',
    thrown: { express: 'RST crash', koa: 'RST crash' },
    rejected: { express: 'RST crash', koa: 'RST crash' },
  },
  usual('bad-status'),
  {
    value: 'client-error',
    thrown: { express: '404', koa: '404' },
    rejected: { express4: 'RST crash', express5: '404', koa: '404' },
  },
]

/** Every kind of value, thrown and rejected with. */
export const values: readonly Row[] = table.flatMap(({ value, thrown, rejected }): Row[] => [
  { name: `throws a value: ${value}`, fixture: `throw-${value}`, ...thrown },
  { name: `rejects with a value: ${value}`, fixture: `reject-${value}`, rare: true, ...rejected },
])
