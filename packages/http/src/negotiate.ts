import type { IncomingMessage } from 'node:http'
import accepts from 'accepts'

/** The forms a report has. */
export type Form = 'page' | 'json' | 'markdown' | 'text' | 'curl'

/**
 * The form a client asked for: the best-rated type of its `Accept` that we have, and text when it names none.
 * Wildcards name nothing: what sends only `*` `/` `*` is a terminal or a script, and reads text.
 */
export function formFor(req: IncomingMessage): Form {
  try {
    for (const type of accepts(req).types() as string[]) {
      const form = formOf(type.toLowerCase())
      if (form !== undefined) return form
    }
  } catch {
    // An Accept nobody can read is none.
  }
  return 'text'
}

function formOf(type: string): Form | undefined {
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'page'
  if (type === 'application/json' || type === 'text/json' || type.endsWith('+json')) return 'json'
  if (type === 'text/markdown' || type === 'text/x-markdown') return 'markdown'
  return type === 'text/plain' ? 'text' : undefined
}
