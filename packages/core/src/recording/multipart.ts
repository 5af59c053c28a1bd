import type { ReportRedaction } from '../redact/redaction.ts'
import { marker } from '../redact/names.ts'

/** Hides the fields of a `multipart/form-data` body whose names say that they are secret. */
export function hideParts(text: string, contentType: string | undefined, redactor: ReportRedaction): string {
  const boundary = /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]{1,200})"|([^\s;]{1,200}))/i.exec(
    contentType ?? '',
  )
  if (boundary === null) return text
  const separator = `--${boundary[1] ?? boundary[2]!}`
  return text
    .split(separator)
    .map((part) => {
      const head = part.indexOf('\r\n\r\n')
      if (head === -1) return part
      const name = /^content-disposition:[^\r\n]*?[;\s]name="([^"]*)"/im.exec(
        part.slice(0, Math.min(head, 4096)),
      )?.[1]
      const value = part.slice(head + 4).replace(/\r\n$/, '')
      if (name === undefined || value === '' || !redactor.hides(name, value)) return part
      return `${part.slice(0, head + 4)}${marker}\r\n`
    })
    .join(separator)
}
