import type { Report, RequestInfo } from '@throwpoint/protocol'
import { marker } from '../redact/names.ts'
import { bodyText } from './body-text.ts'
import { shellWord, type ShellPiece } from './shell-word.ts'

export interface CurlOptions {
  /** Scheme, host and port of the server: `http://localhost:3000`. Without it the `Host` of the request is taken. */
  readonly origin?: string
}

export interface CurlCommand {
  /** One command for a POSIX shell; long ones have several lines, each but the last with `\` at its end. */
  readonly command: string
  /** What the command does not have of the request, and what it needs: a sentence each. */
  readonly notes: readonly string[]
}

/**
 * The request of a report as a `curl` command that sends the same again: method, target, headers, and the body where the
 * report has it. Values that redaction hid are variables of the shell. Nothing that came with the request can end its
 * quotes, name another option or a file.
 *
 * @returns undefined for an exception outside of any request
 */
export function curlCommand({ request }: Report, options: CurlOptions = {}): CurlCommand | undefined {
  return request === null ? undefined : new Writer(request).write(options.origin)
}

/** The command as a script: what is to be known of it, as comments, and the command. Ends with a line feed. */
export function renderCurl(report: Report, options: CurlOptions = {}): string {
  const curl = curlCommand(report, options)
  if (curl === undefined) return '# This exception happened outside of any request.\n'
  const notes = curl.notes.map((note) => `# ${note}\n`).join('')
  return `${notes}${curl.command}\n`
}

const token = /^[\w!#$%&'*+.^`|~-]{1,200}$/
const hostName = /^(?:\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::\d{1,5})?$/i
/** What cuts text in a report says so at its end, with a character that no header and no URL has. */
const cutText = /… \(\d+ characters\)$/

/** They belong to one connection, or curl makes them itself. */
const ofConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'content-length',
  'expect',
])

/** Headers curl sends unasked. */
const ownHeaders = ['Accept', 'User-Agent']

/** Bytes of a body from which on some versions of curl ask the server first. */
const mostUnasked = 1000

class Writer {
  readonly #request: RequestInfo
  readonly #lines: string[] = []
  readonly #notes: string[] = []
  readonly #variables: string[] = []

  constructor(request: RequestInfo) {
    this.#request = request
  }

  write(origin: string | undefined): CurlCommand {
    const { headers } = this.#request
    const host = this.#header('host')
    const base = origin ?? (host !== undefined && hostName.test(host) ? `http://${host}` : 'http://localhost')
    const body = this.#body()
    this.#method(body !== undefined)
    this.#target(base)
    this.#version(base)
    if (host !== undefined && !base.endsWith(`//${host}`)) this.#write('Host', host)
    const named = (this.#header('connection') ?? '').toLowerCase().split(/[\s,]+/)
    // What curl says of itself.
    const acceptsAnything = headers.filter(([name]) => name.toLowerCase() === 'accept').length === 1
    for (const [name, value] of headers) {
      const lower = name.toLowerCase()
      if (lower === 'host' || ofConnection.has(lower) || named.includes(lower)) continue
      if (lower === 'accept' && value === '*/*' && acceptsAnything) continue
      const isWritten = this.#write(name, value)
      if (isWritten && lower === 'accept-encoding' && !this.#lines.includes('--compressed'))
        this.#lines.push('--compressed')
    }
    for (const name of [...ownHeaders, ...(body === undefined ? [] : ['Content-Type'])]) {
      if (this.#header(name.toLowerCase()) === undefined) this.#lines.push(`-H '${name}:'`)
    }
    if (body !== undefined) {
      if (body.length > mostUnasked) this.#lines.push("-H 'Expect:'")
      this.#lines.push(`--data-raw ${body}`)
    }
    return { command: `curl ${this.#lines.join(' \\\n  ')}`, notes: [...this.#needs(), ...this.#notes] }
  }

  #needs(): string[] {
    if (this.#variables.length === 0) return []
    const values = this.#variables.length === 1 ? 'its value is' : 'their values are'
    return [`Set ${listed(this.#variables)} first: ${values} hidden in the report.`]
  }

  #header(name: string): string | undefined {
    return this.#request.headers.find(([other]) => other.toLowerCase() === name)?.[1]
  }

  #method(withBody: boolean): void {
    const { method } = this.#request
    if (method === 'HEAD') this.#lines.push('--head')
    else if (!token.test(method)) this.#notes.push('The method is left out: it is none that HTTP has.')
    else if (method.startsWith('-')) this.#lines.push(`-X${shellWord([method])}`)
    else if (method !== (withBody ? 'POST' : 'GET')) this.#lines.push(`-X ${word(method)}`)
  }

  #target(base: string): void {
    let { url } = this.#request
    if (cutText.test(url)) {
      url = url.replace(cutText, '')
      this.#notes.push('The URL is cut: it was too long for the report.')
    }
    if (/[\0\r\n]/.test(url)) {
      url = '/'
      this.#notes.push('The URL is left out: it cannot be sent.')
    }
    const pieces = this.#pieces(url, (before) => ['url', /[?&]([^=&]*)=$/.exec(before)?.[1] ?? ''])
    // What curl would change, or read as something else, is named beside the URL.
    if (!/^\/[!-~]*$/.test(url) || url.includes('#')) {
      this.#lines.push(shellWord([`${base}/`]), `--request-target ${shellWord(pieces)}`)
      return
    }
    this.#lines.push(shellWord([base, ...pieces]))
    if (/[[\]{}]/.test(url) || base.includes('[')) this.#lines.push('--globoff')
    if (/\/(?:\.|%2e){1,2}(?:[/?]|$)/i.test(url)) this.#lines.push('--path-as-is')
  }

  #version(base: string): void {
    const { httpVersion } = this.#request
    if (httpVersion === '1.0') this.#lines.push('--http1.0')
    if (httpVersion === '2.0' && base.startsWith('http:')) this.#lines.push('--http2-prior-knowledge')
  }

  /** @returns whether the header is one with a value */
  #write(name: string, value: string): boolean {
    if (!token.test(name) || /[\0\r\n]/.test(value)) {
      this.#notes.push('A header is left out: it cannot be sent.')
      return false
    }
    if (cutText.test(value)) {
      this.#notes.push(`The header ${name} is left out: it was too long for the report.`)
      return false
    }
    if (value.trim() === '') {
      this.#lines.push(`-H ${shellWord([`${name};`])}`)
      return false
    }
    const pieces = this.#pieces(value, (before) => variableOf(name.toLowerCase(), before))
    this.#lines.push(`-H ${shellWord([`${name}: `, ...pieces])}`)
    return true
  }

  /** The body as a word; undefined where there is none to send. */
  #body(): string | undefined {
    const { method, body } = this.#request
    const length = this.#header('content-length')
    const hadBody = this.#header('transfer-encoding') !== undefined || !/^0*$/.test(length ?? '')
    if (!hadBody) return undefined
    const size = length === undefined ? 'The body' : `The body (${/^\d+$/.test(length) ? length : '?'} bytes)`
    if (body === undefined) {
      this.#notes.push(`${size} is left out: it was not kept. No middleware had parsed it.`)
      return undefined
    }
    if (method === 'HEAD') {
      this.#notes.push(`${size} is left out: curl sends none with HEAD.`)
      return undefined
    }
    const text = bodyText(body, this.#header('content-type') ?? '', (...name) => this.#variable(name))
    const pieces = 'pieces' in text ? text.pieces : []
    const missing =
      'missing' in text ? text.missing : pieces.some(isNul) ? 'not what a command can hold' : undefined
    if (missing !== undefined) {
      this.#notes.push(`${size} is left out: it is ${missing}.`)
      return undefined
    }
    if ('pieces' in text && text.rebuilt)
      this.#notes.push('The body is written anew from what its parser made of it.')
    return shellWord(pieces)
  }

  /** Text of the request as bytes: Node reads each as one character. Hidden values become variables. */
  #pieces(text: string, nameOf: (before: string) => readonly string[]): ShellPiece[] {
    const pieces: ShellPiece[] = []
    let at = 0
    for (let end = text.indexOf(marker); end !== -1; end = text.indexOf(marker, at)) {
      pieces.push(bytesOf(text.slice(at, end)), this.#variable(nameOf(text.slice(0, end))))
      at = end + marker.length
    }
    return [...pieces, bytesOf(text.slice(at))]
  }

  /** No two values have one variable. */
  #variable(parts: readonly string[]): { readonly variable: string } {
    const plain = parts.map((part) =>
      part
        .toUpperCase()
        .replaceAll(/[^A-Z0-9]+/g, '_')
        .replaceAll(/^_|_$/g, ''),
    )
    const name = plain
      .filter((part) => part !== '')
      .join('_')
      .slice(0, 60)
    let variable = name
    for (let count = 2; this.#variables.includes(variable); count += 1) variable = `${name}_${count}`
    this.#variables.push(variable)
    return { variable }
  }
}

/** What the variable for a hidden part of a header is called after. */
function variableOf(header: string, before: string): readonly string[] {
  if (header === 'authorization') return [header]
  if (header !== 'cookie') return ['header', header]
  return [header, /(?:^|;)\s*([^=;]*)=$/.exec(before)?.[1] ?? '']
}

function isNul(piece: ShellPiece): boolean {
  return typeof piece === 'string' && piece.includes('\0')
}

function bytesOf(text: string): ShellPiece {
  return /^[ -~]*$/.test(text) || /[^\0-\xff]/.test(text) ? text : Buffer.from(text, 'latin1')
}

/** A word that needs no quotes has none. */
function word(text: string): string {
  return /^[A-Z]+$/.test(text) ? text : shellWord([text])
}

function listed(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`
}
