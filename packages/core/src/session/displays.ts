import { ThrowpointError } from '../errors.ts'
import { faultOf } from './fault.ts'
import type { Turn } from './turn.ts'
import { briefText } from './value-text.ts'

export interface Displayed {
  readonly lines: readonly string[]
  readonly data: ReadonlyArray<{
    readonly expression: string
    readonly value?: unknown
    readonly error?: string
  }>
}

/** What is shown at every frame: each expression with its value there. */
export async function displayLines(turn: Turn): Promise<Displayed> {
  const { session, paint, columns } = turn
  const lines: string[] = []
  const data: Array<{ expression: string; value?: unknown; error?: string }> = []
  for (const [index, expression] of session.displays.entries()) {
    const label = `${index + 1}: ${expression} = `
    try {
      const value = await session.look(expression, 2, turn.signal)
      lines.push(paint.dim(label) + briefText(value, Math.max(20, columns - label.length)))
      data.push({ expression, value })
    } catch (error) {
      const { message } = faultOf(session, error)
      lines.push(
        paint.dim(label) +
          paint.dim(
            error instanceof ThrowpointError || message.startsWith('ReferenceError') ? '[not here]' : message,
          ),
      )
      data.push({ expression, error: message })
    }
  }
  return { lines, data }
}
