const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
const combining = /[\p{Mn}\p{Me}\ufe00-\ufe0f]/u
const ascii = /^[\x20-\x7e]*$/

/** How many terminal columns a line takes. East Asian wide characters and emoji take two, combining marks none. */
export function columnsOf(line: string): number {
  if (ascii.test(line)) return line.length
  let columns = 0
  for (const character of line) {
    if (wide.test(character)) columns += 2
    else if (!combining.test(character)) columns += 1
  }
  return columns
}

/** The line, cut to so many columns; `…` stands for what is missing. */
export function fit(line: string, columns: number): string {
  if (columnsOf(line) <= columns) return line
  let kept = ''
  let used = 1
  for (const character of line) {
    used += columnsOf(character)
    if (used > columns) break
    kept += character
  }
  return `${kept}…`
}

/** Filled up with spaces on the right. */
export function pad(line: string, columns: number): string {
  return line + ' '.repeat(Math.max(0, columns - columnsOf(line)))
}

/** Words set in lines of so many columns. A word that is longer than a line is not broken. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && columnsOf(line) + 1 + columnsOf(word) > columns) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  lines.push(line)
  return lines
}

/** At most so many UTF-16 units, never half a pair, and how many were left out. */
export function head(text: string, length: number): { readonly text: string; readonly omitted: number } {
  if (text.length <= length) return { text, omitted: 0 }
  const pair = /[\ud800-\udbff]$/.test(text.slice(0, length)) && /^[\udc00-\udfff]/.test(text.slice(length))
  const end = pair ? length - 1 : length
  return { text: text.slice(0, end), omitted: text.length - end }
}
