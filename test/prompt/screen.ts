/* oxlint-disable no-control-regex -- a terminal is about controls */
/** What a terminal of so many columns shows of a text: cursor movements and erasures are done, colours dropped. */
export function screen(text: string, columns = 100): string {
  const lines: string[][] = [[]]
  let row = 0
  let column = 0
  const put = (character: string): void => {
    if (column >= columns) {
      row += 1
      column = 0
    }
    while (lines.length <= row) lines.push([])
    const line = lines[row]!
    while (line.length < column) line.push(' ')
    line[column] = character
    column += 1
    if (
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(
        character,
      )
    ) {
      line[column] = ''
      column += 1
    }
  }
  for (const [part] of text.matchAll(
    /\u001b\[[?>]?[\d;]*[A-Za-z~]|\u001b.|[\u0000-\u001f]|[^\u0000-\u001f]/gu,
  )) {
    const csi = /^\u001b\[(\?)?([\d;]*)([A-Za-z])$/.exec(part)
    if (csi !== null) {
      const amount = Number(csi[2]!.split(';')[0]) || 1
      if (csi[3] === 'A') row = Math.max(0, row - amount)
      else if (csi[3] === 'B') row += amount
      else if (csi[3] === 'C') column = Math.min(columns - 1, column + amount)
      else if (csi[3] === 'D') column = Math.max(0, column - amount)
      else if (csi[3] === 'G') column = amount - 1
      else if (csi[3] === 'K' && lines[row]) lines[row]!.length = Math.min(lines[row]!.length, column)
      else if (csi[3] === 'J') {
        if (lines[row]) lines[row]!.length = Math.min(lines[row]!.length, column)
        lines.length = Math.min(lines.length, row + 1)
      }
    } else if (part === '\r') column = 0
    else if (part === '\n') {
      row += 1
      while (lines.length <= row) lines.push([])
    } else if (part === '\b') column = Math.max(0, column - 1)
    else if (part >= ' ') put(part)
  }
  return lines
    .map((line) =>
      Array.from(line, (character) => character ?? ' ')
        .join('')
        .trimEnd(),
    )
    .join('\n')
}
