import type { Frame } from '@throwpoint/protocol'
import { columnsOf, pad } from '../report/columns.ts'
import { endOfRun, folded, nameOf } from '../report/frame-lines.ts'
import type { Paint } from '../report/paint.ts'
import { placeOf } from '../report/sentences.ts'

export interface StackOptions {
  readonly selected: number
  readonly cwd: string
  readonly paint: Paint
  /** Every frame, nothing folded. */
  readonly all: boolean
  /** Frames that are printed. */
  readonly most: number
  /** Only frames whose name or place fits. */
  readonly filter?: RegExp | undefined
}

/** Whether a frame is shown by itself: the user's, and the selected one; without any of the user's the first three. */
export function isShown(frames: readonly Frame[], index: number): boolean {
  if (frames.some(({ kind }) => kind === 'app')) return frames[index]?.kind === 'app'
  return index < 3
}

/** The frames with their numbers, from the throw outwards; what lies between the user's is folded to a count. */
export function stackLines(frames: readonly Frame[], options: StackOptions): string[] {
  const { selected, cwd, paint, all, most, filter } = options
  if (frames.length === 0) return [paint.dim('No frames were captured.')]
  const width = String(frames.length - 1).length + 1
  const names = frames.map(nameOf)
  const shownNames = names.filter((_, index) => all || isShown(frames, index) || index === selected)
  const column = Math.min(28, Math.max(0, ...shownNames.map(columnsOf)))
  const lines: string[] = []
  let printed = 0
  const line = (index: number): string => {
    const frame = frames[index]!
    const place = frame.location === null ? 'unknown place' : placeOf(frame.location, cwd)
    const note = frame.birth ? ' (constructed here)' : ''
    const number = `#${index}`.padEnd(width)
    const name = pad(names[index]!, column)
    if (index === selected)
      return `${paint.error('>')} ${paint.strong(`${number} ${name}`)}  ${paint.place(place)}${note}`
    if (frame.kind !== 'app') return paint.dim(`  ${number} ${name}  ${place}${note}`)
    return `  ${number} ${name}  ${paint.place(place)}${note}`
  }
  for (let index = 0; index < frames.length;) {
    const alone = all || isShown(frames, index) || index === selected
    if (!alone) {
      let end = index + 1
      while (end < frames.length && !isShown(frames, end) && end !== selected) end++
      if (filter === undefined)
        lines.push(`  ${' '.repeat(width)} ${paint.dim(folded(frames.slice(index, end)))}`)
      index = end
      continue
    }
    const text = `${names[index]} ${frames[index]!.location?.file ?? ''}`
    if (filter !== undefined && !filter.test(text)) {
      index++
      continue
    }
    if (printed === most) {
      const left = frames.length - index
      lines.push(`  ${' '.repeat(width)} ${paint.dim(`${left} more ${left === 1 ? 'frame' : 'frames'}`)}`)
      break
    }
    lines.push(line(index))
    printed++
    const end = all ? index + 1 : endOfRun(frames, index)
    const inside = selected > index && selected < end
    if (end - index > 1 && !inside) {
      lines.push(`  ${' '.repeat(width)} ${paint.dim(`the same ${end - index - 1} more times`)}`)
      index = end
    } else index++
  }
  if (lines.length === 0) lines.push(paint.dim('No frame fits.'))
  return lines
}
