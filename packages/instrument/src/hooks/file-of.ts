import path from 'node:path'
import { fileURLToPath } from 'node:url'

const plain = /^file:\/\/(?:\/[\w@-][\w.@-]*)+$/

/** The file a `file:` URL names. Most have nothing to decode; Node's own function makes a URL of each. */
export function fileOf(url: string): string {
  return path.sep === '/' && plain.test(url) ? url.slice('file://'.length) : fileURLToPath(url)
}
