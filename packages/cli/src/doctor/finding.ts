/** One thing that was looked at. */
export interface Finding {
  /** `ok`: as it should be; `note`: worth knowing; `problem`: something will not work. */
  readonly level: 'ok' | 'note' | 'problem'
  /** What was looked at, in a word: the group it is printed in. */
  readonly topic: string
  readonly text: string
  /** What to do. */
  readonly advice?: string
}

export function ok(topic: string, text: string): Finding {
  return { level: 'ok', topic, text }
}

export function note(topic: string, text: string, advice?: string): Finding {
  return { level: 'note', topic, text, ...(advice === undefined ? {} : { advice }) }
}

export function problem(topic: string, text: string, advice: string): Finding {
  return { level: 'problem', topic, text, advice }
}
