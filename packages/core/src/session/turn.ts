import { coloured, type Paint, plain } from '../report/paint.ts'
import type { View } from './reply.ts'
import type { Session } from './session.ts'

/** One line that is being done: the session, and who asks. */
export class Turn {
  readonly session: Session
  readonly paint: Paint
  /** Columns of text. */
  readonly columns: number
  readonly view: View
  readonly signal: AbortSignal | undefined

  constructor(session: Session, view: View, signal?: AbortSignal) {
    this.session = session
    this.view = view
    this.paint = view.colors ? coloured : plain
    this.columns = Math.min(200, Math.max(40, Number.isFinite(view.columns) ? Math.floor(view.columns) : 80))
    this.signal = signal
  }
}
