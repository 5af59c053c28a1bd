import type { Location } from '@throwpoint/protocol'

/** The address that opens a place in the editor of the user; undefined where it cannot be one. */
export type EditorLinks = (place: Pick<Location, 'file' | 'line' | 'column'>) => string | undefined

/**
 * Makes addresses out of a URL with `{file}`, `{line}` and `{column}`. What comes from a report stands in them encoded, so
 * that it ends no part of them.
 * @example editorLinks('zed://file/{file}:{line}')({ file: '/srv/a b.js', line: 3, column: 1 }) // 'zed://file/srv/a%20b.js:3'
 */
export function editorLinks(url: string): EditorLinks {
  const parts = url.split(/\{(file|line|column)\}/)
  return ({ file, line, column }) => {
    const path = pathOf(file)
    if (path === undefined) return undefined
    let address = ''
    parts.forEach((part, index) => {
      if (index % 2 === 0) address += part
      else if (part === 'file') address += joined(address, path)
      else address += String(part === 'line' ? line : column)
    })
    return address
  }
}

/** Behind `scheme://` a path begins with a slash, behind any other slash it has none of its own. */
function joined(before: string, path: string): string {
  if (!before.endsWith('/')) return path
  const bare = path.replace(/^\//, '')
  return /[^/]\/\/$/.test(before) ? `/${bare}` : bare
}

/** An absolute path of this machine, encoded. A share of another one (`\\server`) would be asked with credentials. */
function pathOf(file: string): string | undefined {
  const isWindows = /^[a-z]:[\\/]/i.test(file)
  const path = isWindows ? file.replaceAll('\\', '/') : file
  if (!isWindows && (!path.startsWith('/') || path.startsWith('//'))) return undefined
  if (path.length > 2000 || path.includes('\0') || path.includes('[redacted]') || !path.isWellFormed())
    return undefined
  const encoded = encodeURIComponent(isWindows ? path.slice(2) : path).replaceAll('%2F', '/')
  return isWindows ? path.slice(0, 2) + encoded : encoded
}
