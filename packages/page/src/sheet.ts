import type { Report } from '@throwpoint/protocol'
import { type EditorLinks, editorLinks } from './editor-links.ts'

/** What the parts of one page share. */
export interface Sheet {
  /** The working directory, to shorten paths. */
  readonly cwd: string
  /** Why no frame has variables, where none has. */
  readonly noVariables: string | null
  /** Where the places of frames lead; undefined where no editor is known. */
  readonly editor: EditorLinks | undefined
  /** Rows of variables that may still be shown: a page must stay one that a browser scrolls. */
  rows: number
}

export function newSheet(report: Report, editor: string | undefined): Sheet {
  const withVariables = report.frames.some(({ scopes }) =>
    scopes.some(({ variables }) => variables.length > 0),
  )
  return {
    cwd: report.process.cwd,
    noVariables: withVariables ? null : report.engine.reason,
    editor: editor === undefined ? undefined : editorLinks(editor),
    rows: 4000,
  }
}
