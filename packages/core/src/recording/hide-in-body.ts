import { marker } from '../redact/names.ts'
import type { ReportRedaction } from '../redact/redaction.ts'

/**
 * The body without what its names and shapes say is secret. Bytes that are no text are looked through as if they were:
 * a form with a file in it has fields too.
 *
 * @returns the same buffer when nothing is hidden
 */
export function hideInBody(
  bytes: Buffer,
  contentType: string | undefined,
  redactor: ReportRedaction,
): Buffer {
  const utf8 = bytes.toString('utf8')
  const encoding = Buffer.from(utf8, 'utf8').equals(bytes) ? 'utf8' : 'latin1'
  const text = encoding === 'utf8' ? utf8 : bytes.toString('latin1')
  const shown = redactor.text(hideParts(text, contentType, redactor))
  return shown === text ? bytes : Buffer.from(shown, encoding)
}

const multipart = /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]{1,200})"|([^\s;]{1,200}))/i

/** The fields of a form whose names say that they are secret. */
function hideParts(text: string, contentType: string | undefined, redactor: ReportRedaction): string {
  const boundary = multipart.exec(contentType ?? '')
  if (boundary === null) return text
  const separator = `--${boundary[1] ?? boundary[2]!}`
  return text
    .split(separator)
    .map((part) => {
      const end = part.indexOf('\r\n\r\n')
      if (end === -1) return part
      const head = part.slice(0, Math.min(end, 4096))
      const name = /^content-disposition:[^\r\n]*?[;\s]name="([^"]*)"/im.exec(head)?.[1]
      const value = part.slice(end + 4).replace(/\r\n$/, '')
      if (name === undefined || value === '' || !redactor.hides(name, value)) return part
      return `${part.slice(0, end + 4)}${marker}\r\n`
    })
    .join(separator)
}
