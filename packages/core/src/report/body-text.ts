import type { Property, Value } from '@throwpoint/protocol'
import { marker } from '../redact/names.ts'
import type { ShellPiece } from './shell-word.ts'

/** A request body as text again, or why there is none. */
export type BodyText =
  | { readonly pieces: readonly ShellPiece[]; readonly rebuilt: boolean }
  | { readonly missing: string }

/** Names the variable for a value that was hidden, after what it belongs to. */
export type VariableFor = (...name: readonly string[]) => { readonly variable: string }

/**
 * The body of a request out of what its parser made of it: text as it came, JSON and forms written anew. What was cut,
 * and what is neither, is not made up.
 */
export function bodyText(body: Value, contentType: string, variableFor: VariableFor): BodyText {
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase()
  try {
    if (type === 'application/json' || type.endsWith('+json')) return ofJson(body, variableFor)
    if (body.type === 'string') return { pieces: withVariables(wholeText(body), variableFor), rebuilt: false }
    if (type === 'application/x-www-form-urlencoded') {
      const pieces = fields(body, '', variableFor)
      return { pieces: pieces.slice(1), rebuilt: true }
    }
  } catch (error) {
    if (error instanceof Incomplete) return { missing: error.message }
    throw error
  }
  return { missing: type === '' ? 'of no known type' : `of the type ${type}` }
}

class Incomplete extends Error {}

function ofJson(body: Value, variableFor: VariableFor): BodyText {
  // `express.text({ type: 'application/json' })`
  if (body.type === 'string') return { pieces: withVariables(wholeText(body), variableFor), rebuilt: false }
  return { pieces: json(body, 'body', variableFor), rebuilt: true }
}

/** Text in which values were hidden. */
function withVariables(text: string, variableFor: VariableFor): ShellPiece[] {
  return text.split(marker).flatMap((part, index) => (index === 0 ? [part] : [variableFor('body'), part]))
}

function json(value: Value, name: string, variableFor: VariableFor): ShellPiece[] {
  if (value.unavailable === 'redacted') {
    const variable = variableFor('body', name)
    return value.type === 'string' ? ['"', variable, '"'] : [variable]
  }
  if (value.type === 'string') {
    return wholeText(value)
      .split(marker)
      .map((part) => JSON.stringify(part).slice(1, -1))
      .flatMap((part, index) => (index === 0 ? ['"', part] : [variableFor('body', name), part]))
      .concat('"')
  }
  if (value.value !== undefined) return [JSON.stringify(value.value)]
  const members = membersOf(value)
  const isArray = value.subtype === 'array'
  const pieces: ShellPiece[] = [isArray ? '[' : '{']
  members.forEach((member, index) => {
    if (index > 0) pieces.push(',')
    if (!isArray) pieces.push(`${JSON.stringify(member.name)}:`)
    pieces.push(...json(member.value, isArray ? name : member.name, variableFor))
  })
  return [...pieces, isArray ? ']' : '}']
}

/** `&a=1&b[c]=2`, as qs writes and reads it. */
function fields(value: Value, path: string, variableFor: VariableFor): ShellPiece[] {
  const encoded = encodeURIComponent
  if (value.unavailable === 'redacted') return ['&', `${path}=`, variableFor('body', path)]
  if (typeof value.value === 'string') {
    const parts = wholeText(value).split(marker).map(encoded)
    const pieces = parts.flatMap((part, at) => (at === 0 ? [part] : [variableFor('body', path), part]))
    return ['&', `${path}=`, ...pieces]
  }
  if (value.type !== 'object' || value.subtype === 'null') throw new Incomplete('not what a form can hold')
  const isArray = value.subtype === 'array'
  return membersOf(value).flatMap((member) => {
    if (isArray && member.value.type === 'string') return fields(member.value, path, variableFor)
    const name = encoded(isArray ? member.name.slice(1, -1) : member.name)
    return fields(member.value, path === '' ? name : `${path}[${name}]`, variableFor)
  })
}

/** Members of a plain object or an array, when all of them are there. */
function membersOf({ type, subtype, children, size, unavailable, ref }: Value): readonly Property[] {
  const isPlain = type === 'object' && (subtype === undefined || subtype === 'array')
  if (!isPlain) throw new Incomplete('not of a kind that can be written again')
  if (children === undefined || size !== undefined || unavailable !== undefined || ref !== undefined)
    throw new Incomplete('not whole in the report')
  if (children.some(({ kind }) => kind !== 'data')) throw new Incomplete('not plain data')
  return children
}

function wholeText({ value, size, unavailable }: Value): string {
  if (
    typeof value !== 'string' ||
    size !== undefined ||
    (unavailable !== undefined && unavailable !== 'redacted')
  )
    throw new Incomplete('not whole in the report')
  if (/… \(\d+ characters\)$/.test(value)) throw new Incomplete('not whole in the report')
  return value
}
