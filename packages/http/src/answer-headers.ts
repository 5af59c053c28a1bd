import type { Rendering } from './forms.ts'

/** The header that carries the id of a report; an id opens nothing without the gate. */
export const idHeader = 'X-Throwpoint'

export type Headers = ReadonlyArray<readonly [name: string, value: string]>

/** Headers of every answer that shows a report. */
export function reportHeaders({ contentType, contentSecurityPolicy }: Rendering, id: string): Headers {
  return [
    ['Content-Type', contentType],
    ...lockedHeaders,
    ['Content-Security-Policy', contentSecurityPolicy],
    [idHeader, id],
  ]
}

/** No other page may frame, read, embed or keep it, and no proxy or compressing middleware may change it. */
export const lockedHeaders: Headers = [
  ['Cache-Control', 'no-store, no-transform'],
  [
    'Content-Security-Policy',
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
]

/**
 * What an application may have set for the answer it meant to give; `*` stands for any ending. It would open our
 * answer to other origins, have it stored, decoded or redirected, or belongs to a session that did not come about.
 */
export const foreignHeaders: readonly string[] = [
  'access-control-*',
  'content-*',
  'accept-ranges',
  'age',
  'cache-control',
  'cross-origin-embedder-policy-report-only',
  'etag',
  'expires',
  'last-modified',
  'link',
  'location',
  'pragma',
  'refresh',
  'set-cookie',
  'sourcemap',
  'timing-allow-origin',
  'trailer',
  'transfer-encoding',
]
