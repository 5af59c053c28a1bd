import type { CallSite } from '../source/call-site.ts'

/** How far the body of one response has come. Counted as it is written; no formatting here. */
export class BodyProgress {
  chunks = 0
  bytes = 0
  /** `performance.now()` of the first and the last write. */
  firstWrite = 0
  lastWrite = 0
  /** What produces it: `pipe`, `pipeline`, `write`, or the class of a Koa body. */
  kind: string | undefined
  attachedAt: CallSite | undefined
  /** The stream that produces the body, once it is known. */
  source: object | undefined

  wrote(chunk: unknown, encoding: unknown): void {
    this.chunks++
    this.bytes += byteLength(chunk, encoding)
    const now = performance.now()
    if (this.firstWrite === 0) this.firstWrite = now
    this.lastWrite = now
  }
}

/** Bytes of what was given to `write` or `end`. */
export function byteLength(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') {
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
  }
  return ArrayBuffer.isView(chunk) ? chunk.byteLength : 0
}
