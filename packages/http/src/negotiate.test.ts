import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formFor } from './negotiate.ts'

function asking(accept: string | undefined): IncomingMessage {
  const req = new IncomingMessage(new Socket())
  if (accept !== undefined) req.headers.accept = accept
  return req
}

describe('formFor', () => {
  it.each([
    [
      'Chrome',
      'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
      'page',
    ],
    ['Safari', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'page'],
    ['an old Java', 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2', 'page'],
    ['curl', '*/*', 'text'],
    ['nothing', undefined, 'text'],
    ['an empty header', '', 'text'],
    ['axios', 'application/json, text/plain, */*', 'json'],
    ['HTTPie', 'application/json, */*;q=0.5', 'json'],
    ['fetch for a vendor type', 'application/vnd.api+json', 'json'],
    ['problem details', 'application/problem+json', 'json'],
    ['GraphQL', 'application/graphql-response+json, application/json;q=0.9', 'json'],
    ['an agent', 'text/markdown, text/html;q=0.9, */*;q=0.1', 'markdown'],
    ['rated JSON', 'text/html;q=0.5, application/json', 'json'],
    ['rated HTML', 'application/json;q=0.5, text/html', 'page'],
    ['no HTML please', 'text/html;q=0, application/json;q=0.1', 'json'],
    ['plain text before HTML', 'text/plain, text/html;q=0.5', 'text'],
    ['HTMX', 'text/html, */*', 'page'],
    ['capitals', 'Text/HTML', 'page'],
    ['parameters', 'application/json;odata=verbose;charset=utf-8', 'json'],
    ['an image', 'image/avif,image/webp,*/*;q=0.8', 'text'],
    ['any text', 'text/*', 'text'],
  ])('%s gets %s', (_who, accept, form) => {
    expect(formFor(asking(accept))).toBe(form)
  })

  it('never throws, and never gives a form that was refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (accept) => {
        expect(['page', 'json', 'markdown', 'text']).toContain(formFor(asking(accept)))
      }),
    )
    expect(formFor({ headers: undefined } as unknown as IncomingMessage)).toBe('text')
    expect(formFor(asking(`${'text/html;q=0.1,'.repeat(5000)}x`))).toBe('page')
  })
})
