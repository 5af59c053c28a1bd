import type { BodyInfo, ErrorInfo, Location, Report, WithoutThrowpoint } from '@throwpoint/protocol'
import { head } from './columns.ts'
import { oneLine } from './visible.ts'

/** `TypeError [ERR_X]`; says so when the thrown value is no error. */
export function errorName(error: ErrorInfo): string {
  const name = oneLine(head(error.name, 200).text)
  if (name === 'StalledResponse' && !error.isError && error.value === undefined) return 'Stalled response'
  if (!error.isError) return `${name} thrown (not an Error)`
  return error.code === undefined ? name : `${name} [${oneLine(head(String(error.code), 100).text)}]`
}

/** The sentence of an error on one line. */
export function errorLine(error: ErrorInfo, length: number): string {
  const message = messageOf(error)
  const { text, omitted } = head(message, length)
  if (text === '') return errorName(error)
  return `${errorName(error)}: ${oneLine(text)}${omitted === 0 ? '' : '…'}`
}

/** What an error says; for a thrown value, the value. */
export function messageOf(error: ErrorInfo): string {
  if (error.isError) return error.message
  const { description, preview } = error.value ?? { description: error.message }
  const described = preview === undefined ? description : `${description} ${preview}`
  return described === error.name ? '' : described
}

/** Where it left the code, and in which request. */
export function boundarySentence(report: Report): string {
  const { boundary, request, response } = report
  if (request === null)
    return boundary === 'startup' ? 'during startup' : `${place[boundary]}, outside of any request`
  const route = request.route === undefined ? '' : ` (route ${oneLine(head(request.route, 200).text)})`
  const status = response === null ? '' : `, ${answer[response.outcome](response.status)}`
  return `${place[boundary]} of ${requestLine(report)}${route}${status}`
}

/** A request that was held when it arrived, or the program before its first one: no frame of the user's has run. */
export function isArrival({ error, frames }: Report): boolean {
  return error.name === 'Breakpoint' && frames.length === 0
}

/** What a hold is that no exception has caused. */
export function stopSentence(report: Report): string {
  return isArrival(report) ? report.error.message : 'breakpoint()'
}

export function requestLine(report: Report): string {
  if (report.request === null) return ''
  const { method, url } = report.request
  const { text, omitted } = head(url, 300)
  return `${oneLine(head(method, 40).text)} ${oneLine(text)}${omitted === 0 ? '' : '…'}`
}

const place: Record<Report['boundary'], string> = {
  handler: 'in the handler',
  'error-handler': 'in an error handler',
  body: 'in the response body',
  close: 'while closing the response',
  background: 'in the background',
  startup: 'during startup',
}

const answer: Record<NonNullable<Report['response']>['outcome'], (status: number) => string> = {
  page: (status) => `answered ${status}`,
  application: (status) => `answered ${status} by the application`,
  framework: (status) => `answered ${status} by the framework`,
  cut: (status) => `${status}, then cut off`,
  none: () => 'no answer yet',
}

/** What would happen in production. */
export function withoutSentence({ client, process }: WithoutThrowpoint): string {
  const end = `the process ${process === 'crashes' ? 'CRASHES' : 'lives'}`
  return client === 'unknown' ? `${end}; ${clients[client]}` : `${clients[client]} and ${end}`
}

const clients: Record<WithoutThrowpoint['client'], string> = {
  'error-response': "the client gets the framework's own error answer",
  application: "the client gets the application's own answer",
  'answer-intact': 'the client gets the whole answer',
  cut: 'the client gets a cut answer',
  'empty-reply': 'the client gets an empty reply (no status line, the connection closes)',
  hangs: 'the client HANGS',
  'wrong-404': 'the client gets a 404 that hides the error',
  unknown: 'what the client gets cannot be told',
}

/** Whether somebody should worry. */
export function isBadEnd({ client, process }: WithoutThrowpoint): boolean {
  return (
    process === 'crashes' || !['error-response', 'application', 'answer-intact', 'unknown'].includes(client)
  )
}

/** `pipe, 3 chunks, 12.4 kB, last write after 210 ms, attached at src/app.js:8:20` */
export function bodySentence(body: BodyInfo, cwd: string): string {
  const parts = [oneLine(head(body.kind, 60).text)]
  if (body.chunks === 0) parts.push('nothing written yet')
  else parts.push(`${body.chunks} ${body.chunks === 1 ? 'chunk' : 'chunks'}`, sizeOf(body.bytes))
  if (body.firstWrite !== undefined && body.chunks > 1)
    parts.push(`first write after ${milliseconds(body.firstWrite)}`)
  if (body.lastWrite !== undefined) parts.push(`last write after ${milliseconds(body.lastWrite)}`)
  if (body.attachedAt !== undefined)
    parts.push(`attached at ${placeOf({ ...body.attachedAt, exact: true }, cwd)}`)
  return parts.join(', ')
}

/** `12.4 kB` */
export function sizeOf(count: number): string {
  if (count < 1000) return `${count} B`
  if (count < 1e6) return `${(count / 1e3).toFixed(1)} kB`
  if (count < 1e9) return `${(count / 1e6).toFixed(1)} MB`
  return `${(count / 1e9).toFixed(1)} GB`
}

/** `210 ms`, `12.4 s` */
export function milliseconds(time: number): string {
  return time < 1000 ? `${Math.round(time)} ms` : `${(time / 1000).toFixed(1)} s`
}

/** `src/app.js:8:20`, relative to the working directory where the file is below it. */
export function placeOf(location: Location, cwd: string): string {
  const file = oneLine(head(relativeTo(cwd, location.file), 1000).text)
  if (location.exact) return `${file}:${location.line}:${location.column}`
  return `${file}:${location.line}${isProgram.test(location.file) ? ' (somewhere in this function)' : ''}`
}

/** Of a template the line alone is known. */
const isProgram = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|coffee)$/i

/** By text, not by `node:path`: a dump may come from another platform. */
function relativeTo(cwd: string, file: string): string {
  for (const separator of ['/', '\\']) {
    const root = cwd.endsWith(separator) ? cwd : cwd + separator
    if (cwd !== '' && file.startsWith(root) && file.length > root.length) return file.slice(root.length)
  }
  return file
}
