type Tone = (text: string) => string

/** The colours of a rendering, by meaning. */
export interface Paint {
  readonly error: Tone
  readonly strong: Tone
  readonly place: Tone
  readonly warn: Tone
  readonly good: Tone
  readonly dim: Tone
}

function sgr(open: number, close: number): Tone {
  return (text) => (text === '' ? '' : `\u001b[${open}m${text}\u001b[${close}m`)
}

const bold = sgr(1, 22)
const red = sgr(31, 39)

const same: Tone = (text) => text

export const plain: Paint = { error: same, strong: same, place: same, warn: same, good: same, dim: same }

/** Select Graphic Rendition only, each closed in its own line: nothing moves the cursor. */
export const coloured: Paint = {
  error: (text) => bold(red(text)),
  strong: bold,
  place: sgr(36, 39),
  warn: sgr(33, 39),
  good: sgr(32, 39),
  dim: sgr(2, 22),
}
