import { Router } from 'express'
import { ConflictError, NotFoundError } from './errors.js'
import { roomBook, type Booking } from './rooms.js'

export const bookings: Router = Router()

bookings.get('/rooms', (req, res) => {
  res.json(roomBook.rooms)
})

bookings.get('/rooms/:id', (req, res) => {
  const room = roomBook.room(req.params.id)
  if (!room) throw new NotFoundError(`There is no room "${req.params.id}"`)
  res.json(room)
})

bookings.get('/rooms/:id/seats', (req, res) => {
  const { seats } = roomBook.room(req.params.id)!
  res.json({ seats })
})

interface Contact {
  readonly title: string
  readonly call: string
}

function contactOf({ title, organiser }: Booking): Contact {
  return { title, call: organiser.phone.replaceAll(' ', '') }
}

bookings.get('/bookings/:id/contact', async (req, res) => {
  res.json(contactOf(await roomBook.booking(Number(req.params.id))))
})

bookings.get('/bookings/:id/move', async (req, res, next) => {
  const booking = await roomBook.booking(Number(req.params.id))
  const start = new Date(String(req.query.to))
  const other = roomBook.conflicts(booking, start)
  if (other) return next(new ConflictError(booking, other))
  res.json({ ...booking, start })
})

const calendarServers = ['http://localhost:3997/free', 'http://localhost:3998/free']

// Whichever of the two calendar servers answers first.
bookings.get('/bookings/:id/free', async (req, res) => {
  const answers = calendarServers.map(async (url) => {
    const response = await fetch(`${url}?booking=${req.params.id}`)
    return (await response.json()) as { free: boolean }
  })
  res.json(await Promise.any(answers))
})

async function remind(booking: Booking): Promise<void> {
  const { phone } = booking.organiser
  console.log(`text to ${phone}: ${booking.title}`)
}

bookings.post('/bookings/:id/remind', async (req, res) => {
  const booking = await roomBook.booking(Number(req.params.id))
  void remind(booking)
  res.status(202).json({ reminded: booking.id })
})
