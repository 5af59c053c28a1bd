import type { BodyInfo, RequestInfo, ResponseInfo, Value } from '@throwpoint/protocol'
import { attribute, type Content, html, type Html } from './html.ts'
import type { Sheet } from './sheet.ts'
import { memberTree } from './value-tree.ts'
import { bodyLength, consequence, cut, duration, isBadEnd, placeOf, worst } from './words.ts'

/** What production would do, before anything else when somebody should worry about it. */
export function warning(response: ResponseInfo | null): Html | null {
  if (response === null) return null
  const { withoutThrowpoint, fix } = response
  if (!isWorthABox(response)) return null
  const bad = isBadEnd(withoutThrowpoint)
  const title = bad ? worst(withoutThrowpoint) : 'Without Throwpoint'
  const remedy = fix === undefined ? null : html`<p class="fix"><b>Fix:</b> ${cut(fix, 1000)}</p>`
  const kind = bad ? 'box bad' : 'box'
  return html`<section class="${kind}" aria-labelledby="without">
    <h2 id="without">${title}</h2>
    <p>${consequence(withoutThrowpoint)}</p>
    ${remedy}
  </section>`
}

function isWorthABox({ withoutThrowpoint, fix }: ResponseInfo): boolean {
  return isBadEnd(withoutThrowpoint) || fix !== undefined
}

export function requestSection(request: RequestInfo, sheet: Sheet): Html {
  const { method, url, httpVersion, headers, route } = request
  return html`<section class="facts" aria-labelledby="request">
    <h2 id="request">Request</h2>
    <p class="line">
      <b>${cut(method, 40)}</b> ${cut(url, 4000)} <span class="why">HTTP/${cut(httpVersion, 10)}</span>
    </p>
    ${route === undefined ? null : list([['Route', cut(route, 500)]])}
    ${part('Params', request.params, sheet)}${part('Query', request.query, sheet)}${part('Body', request.body, sheet)}
    ${headerTable('Request headers', headers)}
  </section>`
}

function part(title: string, value: Value | undefined, sheet: Sheet): Html | null {
  if (value === undefined) return null
  if (value.type === 'object' && value.children?.length === 0 && value.unavailable === undefined) return null
  return html`<details class="scope" open>
    <summary>${title}</summary>
    ${memberTree(value, sheet)}
  </details>`
}

const became: Readonly<Record<ResponseInfo['outcome'], string>> = {
  page: 'answered with this report',
  application: 'answered by the application',
  framework: 'answered by the framework',
  cut: 'begun, then cut off',
  none: 'not answered yet',
}

export function responseSection(response: ResponseInfo, sheet: Sheet): Html {
  const { headersSent, withoutThrowpoint, headers, body } = response
  return html`<section class="facts" aria-labelledby="response">
    <h2 id="response">Response</h2>
    <p class="line"><b>${response.status}</b> ${became[response.outcome]}</p>
    ${list([
      ['Head', headersSent ? 'sent before the exception' : 'not sent before the exception'],
      ...bodyFacts(body, sheet),
      ...(isWorthABox(response) ? [] : [['Without Throwpoint', consequence(withoutThrowpoint)] as const]),
    ])}
    ${headerTable('Response headers', headers)}
  </section>`
}

function bodyFacts(body: BodyInfo | undefined, { cwd }: Sheet): Array<readonly [string, string]> {
  if (body === undefined) return []
  const facts: Array<readonly [string, string]> = [['Body', `${cut(body.kind, 60)}: ${bodyLength(body)}`]]
  if (body.firstWrite !== undefined) facts.push(['First write', `after ${duration(body.firstWrite)}`])
  if (body.lastWrite !== undefined && body.chunks > 1)
    facts.push(['Last write', `after ${duration(body.lastWrite)}`])
  if (body.attachedAt !== undefined) facts.push(['Attached at', placeOf(body.attachedAt, cwd)])
  return facts
}

/** Pairs of a name and what belongs to it. */
export function list(pairs: ReadonlyArray<readonly [name: string, content: Content]>): Html {
  return html`<dl>
    ${pairs.map(
      ([name, content]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${content}</dd>
        </div>`,
    )}
  </dl>`
}

const mostHeaders = 200

function headerTable(
  title: string,
  headers: ReadonlyArray<readonly [name: string, value: string]>,
): Html | null {
  if (headers.length === 0) return null
  const rows = headers.slice(0, mostHeaders).map(
    ([name, value]) =>
      html`<tr>
        <th scope="row">${cut(name, 200)}</th>
        <td>${cut(value, 4000)}</td>
      </tr>`,
  )
  const state = headers.length <= 16 ? attribute('open') : null
  return html`<details class="scope" ${state}>
    <summary>${title} <span class="why">${headers.length}</span></summary>
    <table>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </details>`
}
