import { ThrowpointError } from '../../errors.ts'

/** `/text/i`, or words that are looked for as they are. */
export function filterOf(text: string): RegExp {
  const written = /^\/(.+)\/([a-z]*)$/.exec(text)
  try {
    if (written !== null) return new RegExp(written[1]!, written[2]!.replaceAll(/[gy]/g, ''))
    return new RegExp(text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`), 'i')
  } catch {
    throw new ThrowpointError('TP_BAD_COMMAND', `${text} is no regular expression.`)
  }
}
