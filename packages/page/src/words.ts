import type {
  BodyInfo,
  ErrorInfo,
  Location,
  Report,
  ResponseInfo,
  WithoutThrowpoint,
} from '@throwpoint/protocol'

/** The sentences of the page. */

export const boundaries: Readonly<Record<Report['boundary'], string>> = {
  handler: 'In the handler',
  'error-handler': 'In an error handler',
  body: 'In the response body',
  close: 'While closing the response',
  background: 'In the background',
  startup: 'During startup',
}

export function outcome({ outcome: kind, status }: ResponseInfo): string {
  if (kind === 'page') return `answered ${status}`
  if (kind === 'application') return `answered ${status} by the application`
  if (kind === 'framework') return `answered ${status} by the framework`
  return kind === 'cut' ? `status ${status}, then cut off` : 'not answered yet'
}

export function consequence({ client, process }: WithoutThrowpoint): string {
  return `${clients[client]}, and the process ${process === 'crashes' ? 'crashes' : 'lives'}.`
}

const clients: Readonly<Record<WithoutThrowpoint['client'], string>> = {
  'error-response': "The client gets the framework's own error answer",
  application: "The client gets the application's own answer",
  'answer-intact': 'The client has the whole answer',
  cut: 'The client gets an answer that is cut off',
  'empty-reply': 'The client gets an empty reply: the connection closes without a status line',
  hangs: 'The client waits for ever',
  'wrong-404': 'The client gets a 404 that hides the error',
  unknown: 'What the client gets cannot be told',
}

/** Whether somebody should worry. */
export function isBadEnd({ client, process }: WithoutThrowpoint): boolean {
  return (
    process === 'crashes' || !['error-response', 'application', 'answer-intact', 'unknown'].includes(client)
  )
}

/** The heading of a warning: what is worst about it. */
export function worst({ client, process }: WithoutThrowpoint): string {
  return `Without Throwpoint ${process === 'crashes' ? 'this exception ends the process' : worstFor[client]}`
}

const worstFor: Readonly<Record<WithoutThrowpoint['client'], string>> = {
  'error-response': 'the client gets an error',
  application: 'the application answers',
  'answer-intact': 'the client notices nothing',
  cut: 'the answer just breaks off',
  'empty-reply': 'the client gets no answer at all',
  hangs: 'the client of this request hangs',
  'wrong-404': 'this looks like a page that does not exist',
  unknown: 'nobody knows what the client gets',
}

/** What an error says; for a thrown value, the value. */
export function messageOf(error: ErrorInfo): string {
  if (error.isError) return error.message
  const { description, preview } = error.value ?? { description: error.message }
  const described = preview === undefined ? description : `${description} ${preview}`
  return described === error.name ? '' : described
}

/** `src/app.js`, relative to the working directory where the file is below it; dumps may come from elsewhere. */
export function fileOf(file: string, cwd: string): string {
  for (const separator of ['/', '\\']) {
    const root = cwd.endsWith(separator) ? cwd : cwd + separator
    if (cwd !== '' && file.startsWith(root) && file.length > root.length)
      return cut(file.slice(root.length), 1000)
  }
  return cut(file, 1000)
}

/** `src/app.js:8:20` */
export function placeOf(place: Omit<Location, 'exact'> & { readonly exact?: boolean }, cwd: string): string {
  const column = place.exact === false ? '' : `:${place.column}`
  return `${fileOf(place.file, cwd)}:${place.line}${column}`
}

export function bodyLength(body: BodyInfo): string {
  if (body.chunks === 0) return 'nothing written yet'
  return `${count(body.chunks, 'chunk')}, ${bytes(body.bytes)}`
}

export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`
}

/** `1,234,567`. What Node has for it loads its tables first, and takes as long as ten frames of a page. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

export function bytes(number: number): string {
  if (number < 1000) return `${number} B`
  if (number < 1e6) return `${(number / 1e3).toFixed(1)} kB`
  return number < 1e9 ? `${(number / 1e6).toFixed(1)} MB` : `${(number / 1e9).toFixed(1)} GB`
}

export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  const seconds = milliseconds / 1000
  if (seconds < 120) return `${seconds.toFixed(1)} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** At most so many characters, `…` for the rest; never half a surrogate pair. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text
  const end = /[\ud800-\udbff]/.test(text[length - 1]!) ? length - 1 : length
  return `${text.slice(0, end)}…`
}
