/** A piece of a word: text or bytes as they are, or a value that is not known and that a variable is to hold. */
export type ShellPiece = string | Uint8Array | { readonly variable: string }

/**
 * One word of a POSIX shell's command line, that stands for exactly these pieces. Text stands in single quotes, where a
 * shell acts on nothing. What a terminal would act on when it is pasted, and what a reader would not see, is written as
 * the octal escapes of `printf`. A variable that is not set stops the command, before anything is sent without it.
 *
 * @throws TypeError for a NUL, which no argument of a process can hold
 * @example shellWord(["it's"]) // `'it'\''s'`
 * @example shellWord(['Bearer ', { variable: 'AUTHORIZATION' }]) // `'Bearer '"${AUTHORIZATION:?}"`
 */
export function shellWord(pieces: readonly ShellPiece[]): string {
  let word = ''
  /** Text that is to stand in the next quotes. */
  let text = ''
  const put = (expansion: string): void => {
    word += inQuotes(text) + expansion
    text = ''
  }
  for (const piece of pieces) {
    if (typeof piece === 'object' && 'variable' in piece) {
      put(`"\${${piece.variable}:?}"`)
      continue
    }
    for (const part of partsOf(piece)) {
      if (typeof part === 'string') text += part
      else put(printed(part))
    }
  }
  return word + inQuotes(text) || "''"
}

/** Line feeds stay between quotes: `$(…)` would lose those at its end. */
const unseen = /(?:[^\p{L}\p{M}\p{N}\p{P}\p{S} \n]|\p{Default_Ignorable_Code_Point})+/gu
const noAscii = /[^\x20-\x7e\n]+/g

/** Text for quotes, and bytes to escape. Bytes that are UTF-8 are text; of others ASCII is. */
function partsOf(piece: string | Uint8Array): Array<string | Uint8Array> {
  if (typeof piece === 'string') return /^[ -~\n]*$/.test(piece) ? [piece] : split(piece, unseen, 'utf8')
  const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length)
  const text = bytes.toString('utf8')
  if (Buffer.from(text, 'utf8').equals(bytes)) return split(text, unseen, 'utf8')
  return split(bytes.toString('latin1'), noAscii, 'latin1')
}

function split(text: string, apart: RegExp, encoding: 'utf8' | 'latin1'): Array<string | Uint8Array> {
  if (text.includes('\0')) throw new TypeError('no argument of a command can hold a NUL')
  const parts: Array<string | Uint8Array> = []
  let at = 0
  for (const { 0: found, index } of text.matchAll(apart)) {
    parts.push(text.slice(at, index), Buffer.from(found, encoding))
    at = index + found.length
  }
  return [...parts, text.slice(at)]
}

function inQuotes(text: string): string {
  return text === '' ? '' : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

function printed(bytes: Uint8Array): string {
  let octal = ''
  for (const byte of bytes) octal += `\\${byte.toString(8).padStart(3, '0')}`
  return `"$(printf '${octal}')"`
}
