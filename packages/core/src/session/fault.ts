import { ThrowpointError } from '../errors.ts'
import { head } from '../report/columns.ts'
import { visible } from '../report/visible.ts'
import type { Session } from './session.ts'

/** What was thrown while a line was done, as a reply says it: our own errors by their code, those of code as `Error`. */
export function faultOf(
  session: Session,
  error: unknown,
): { readonly code: string; readonly message: string } {
  if (error instanceof ThrowpointError)
    return { code: error.code, message: visible(head(error.message, 4000).text) }
  try {
    const { type, description, value } = session.picture(error, 1)
    const text =
      type === 'object' || type === 'function'
        ? description
        : `${typeof value === 'string' ? JSON.stringify(value) : description} was thrown`
    return { code: 'Error', message: visible(head(text, 4000).text) }
  } catch {
    return { code: 'Error', message: 'Something was thrown that cannot be shown.' }
  }
}
