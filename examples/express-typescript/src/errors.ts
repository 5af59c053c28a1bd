import type { NextFunction, Request, Response } from 'express'
import type { Booking } from './rooms.js'

/** Another booking has the room at that time. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError'
  readonly booking: number
  readonly taken: number

  constructor(booking: Booking, by: Booking) {
    super(`"${booking.title}" cannot move: "${by.title}" has the room`)
    this.booking = booking.id
    this.taken = by.id
  }
}

/** An error that is meant for the client. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError'
  readonly status = 404
  readonly expose = true
}

async function audit(error: ConflictError, who: string | undefined): Promise<void> {
  await Promise.resolve()
  console.log(`${who!.toLowerCase()} was refused: ${error.message}`)
}

export async function answerConflicts(
  error: unknown,
  req: Request,
  res: Response,
  next: NextFunction,
): Promise<void> {
  if (!(error instanceof ConflictError)) return next(error)
  if (req.query.audit !== undefined) await audit(error, req.get('x-user'))
  res.status(409).json({ conflict: error.message })
}
