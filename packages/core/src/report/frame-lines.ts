import type { Frame } from '@throwpoint/protocol'
import { head } from './columns.ts'
import { placeOf } from './sentences.ts'
import { oneLine } from './visible.ts'

/** One line of a list of frames. */
export type FrameLine =
  | { readonly kind: 'frame'; readonly name: string; readonly place: string; readonly app: boolean }
  | { readonly kind: 'folded'; readonly text: string }

/**
 * The user's frames, one line each; what lies between them is folded to a count. Recursion is folded too. If there
 * is no user frame at all, the first three frames stand for them.
 */
export function frameLines(frames: readonly Frame[], options: { cwd: string; most: number }): FrameLine[] {
  const lines: FrameLine[] = []
  const anyApp = frames.some(({ kind }) => kind === 'app')
  let shown = 0
  let index = 0
  while (index < frames.length) {
    const frame = frames[index]!
    if (anyApp ? frame.kind !== 'app' : index >= 3) {
      let end = index + 1
      while (end < frames.length && !(anyApp && frames[end]!.kind === 'app')) end += 1
      lines.push({ kind: 'folded', text: folded(frames.slice(index, end)) })
      index = end
      continue
    }
    if (shown === options.most) {
      const rest = frames.length - index
      lines.push({ kind: 'folded', text: `${rest} more ${rest === 1 ? 'frame' : 'frames'}` })
      break
    }
    const name = nameOf(frame)
    const location = frame.location === null ? 'unknown place' : placeOf(frame.location, options.cwd)
    const place = frame.birth ? `${location} (constructed here)` : location
    lines.push({ kind: 'frame', name, place, app: frame.kind === 'app' })
    shown += 1
    const end = endOfRun(frames, index)
    if (end - index > 1) lines.push({ kind: 'folded', text: `the same ${end - index - 1} more times` })
    index = end
  }
  return lines
}

/** `async total`, `(anonymous)` */
export function nameOf(frame: Frame): string {
  const name = frame.functionName === '' ? '(anonymous)' : oneLine(head(frame.functionName, 120).text)
  return `${frame.async ? 'async ' : ''}${name}`
}

/** Behind the last of the frames that stand at the same place as the one at `start`. */
export function endOfRun(frames: readonly Frame[], start: number): number {
  const first = frames[start]!
  let end = start + 1
  while (end < frames.length && isSamePlace(first, frames[end]!)) end += 1
  // Two in a row are no recursion worth a line of its own.
  return end - start > 2 ? end : start + 1
}

function isSamePlace(a: Frame, b: Frame): boolean {
  return (
    a.functionName === b.functionName &&
    a.kind === b.kind &&
    a.location !== null &&
    b.location !== null &&
    a.location.file === b.location.file &&
    a.location.line === b.location.line &&
    a.location.column === b.location.column
  )
}

/** `4 frames of express, router` */
export function folded(frames: readonly Frame[]): string {
  const owners = [...new Set(frames.map(ownerOf))]
  const more = owners.length > 3 ? `, ${owners.length - 3} more` : ''
  return `${frames.length} ${frames.length === 1 ? 'frame' : 'frames'} of ${owners.slice(0, 3).join(', ')}${more}`
}

function ownerOf({ kind, location }: Frame): string {
  if (kind === 'node') return 'Node'
  const parts = (location?.file ?? '').split(/[/\\]/)
  const name = parts[parts.lastIndexOf('node_modules') + 1]
  if (!parts.includes('node_modules') || name === undefined) return 'a dependency'
  const scoped = name.startsWith('@') ? `${name}/${parts[parts.lastIndexOf('node_modules') + 2] ?? ''}` : name
  return oneLine(head(scoped, 60).text)
}
