import type { IncomingMessage, ServerResponse } from 'node:http'
import { jsonText } from '@throwpoint/core'
import { sentHeaders } from './sent-headers.ts'

export interface Notice {
  readonly id: string
  /** Absolute: the page may have a `<base>`. */
  readonly link: string
}

/**
 * What is written into a body that breaks off; undefined where the body cannot carry a notice. That takes a type whose
 * reader shows or reports what it was not told to expect, plain bytes, and a length that was not promised.
 */
export function noticeFor(req: IncomingMessage, res: ServerResponse, notice: Notice): string | undefined {
  if (req.method === 'HEAD' || res.statusCode === 204 || res.statusCode === 206 || res.statusCode === 304) {
    return undefined
  }
  const headers = sentHeaders(res)
  if (headers.has('content-length') || headers.has('content-range')) return undefined
  if ((headers.get('content-encoding') ?? 'identity').toLowerCase() !== 'identity') return undefined
  const contentType = headers.get('content-type') ?? ''
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase()
  if (type === 'text/event-stream') return eventOf(notice)
  return type === 'text/html' && isAsciiCompatible(contentType) ? markupOf(notice) : undefined
}

/** The notice is ASCII. In UTF-16 or ISO-2022 its bytes would be other characters. */
function isAsciiCompatible(contentType: string): boolean {
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(contentType)?.[1] ?? ''
  return /^(?:|utf-?8|us-ascii|iso-8859-\d+|latin1|windows-125\d)$/i.test(charset)
}

/**
 * The comment line neither ends a line of the application's nor, where one was complete, its event: what was begun
 * becomes a part of this event, which no listener of the application's takes for its own. Read its last line.
 */
function eventOf({ id, link }: Notice): string {
  return `:\nevent: throwpoint\ndata: ${jsonText({ id, link })}\n\n`
}

/**
 * Ends whatever markup may be open, and is a comment where none is: `"'>` an attribute and its tag (with a type for
 * which a half `<script src` is not run), `]]>` a CDATA section, `-->` a comment. Behind the line feed stands what is
 * an error in every state of JavaScript, so that half a script is not run either.
 */
const endOfTag = `<!--"' type=text/plain><!--]]>\n*/'-->`

const endOfText = endTags('script style textarea title noscript noembed noframes iframe xmp')

/** Elements that hide what is in them, or whose parser drops it; and boxes a streaming page fills unseen. */
const hiding = 'template select datalist svg math object video audio canvas progress meter details dialog'
// An open paragraph keeps an end tag from a video or a canvas around it.
const endOfElements =
  endTags('p') +
  endTags(hiding) +
  '</table>'.repeat(4) +
  endTags('a button form') +
  '</div>'.repeat(16) +
  endTags(hiding)

function endTags(names: string): string {
  return names
    .split(' ')
    .map((name) => `</${name}>`)
    .join('')
}

const boxStyle = important(
  'all:initial;display:block;position:fixed;z-index:2147483647;left:0;right:0;bottom:0;padding:14px 20px;' +
    'border-top:3px solid #ff8a84;background:#1b1e23;color:#fff;font:15px/1.5 system-ui,sans-serif',
)
const linkStyle = important('display:inline;visibility:visible;color:#a9caff;text-decoration:underline')

function important(style: string): string {
  return style.replaceAll(/;|$/g, '!important;').slice(0, -1)
}

function markupOf({ link }: Notice): string {
  const text = 'This page is not complete: an exception ended it.'
  return `${endOfTag}${endOfText}${endOfElements}
<div role="alert" style="${boxStyle}">${text} <a href="${link}" target="_blank" rel="noopener" style="${linkStyle}">See the report</a></div>
`
}
