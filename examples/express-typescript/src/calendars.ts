import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Router } from 'express'
import { roomBook, type Booking } from './rooms.js'

export const calendars: Router = Router()

/** 20260401T080000Z */
function stamp(date: Date): string {
  return date.toISOString().replaceAll(/[-:]|\.\d+/g, '')
}

function event({ id, title, start, minutes }: Booking): string {
  const end = new Date(start.getTime() + minutes * 60_000)
  const lines = [
    'BEGIN:VEVENT',
    `UID:${id}@rooms.example`,
    `DTSTART:${stamp(start)}`,
    `DTEND:${stamp(end)}`,
    `SUMMARY:${title}`,
    'END:VEVENT',
  ]
  return `${lines.join('\r\n')}\r\n`
}

async function* calendar(room: string): AsyncGenerator<string, void, undefined> {
  const { name } = roomBook.room(room)!
  yield `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:${name}\r\n`
  for await (const booking of roomBook.bookingsOf(room)) yield event(booking)
  yield 'END:VCALENDAR\r\n'
}

calendars.get('/rooms/:id/calendar.ics', async (req, res) => {
  await pipeline(calendar(req.params.id), res.type('text/calendar'))
})

// For the screen beside the door.
calendars.get('/rooms/:id/door', async (req, res) => {
  res.type('html')
  const page = new ReadableStream<string>({
    async start(controller) {
      controller.enqueue(`<!doctype html><title>${req.params.id}</title><ol>`)
      for await (const { title, organiser } of roomBook.bookingsOf(req.params.id)) {
        controller.enqueue(`<li>${title}, ${organiser.name}`)
      }
      controller.close()
    },
  })
  await page.pipeThrough(new TextEncoderStream()).pipeTo(Writable.toWeb(res))
})

type Floor = { readonly rooms: readonly string[]; readonly walls: readonly number[] }
const floors: Record<string, Floor> = { '1': { rooms: ['garden'], walls: [0, 40, 40, 80] } }

async function* drawing(floor: string): AsyncGenerator<string, void, undefined> {
  yield '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
  const { walls } = floors[floor]
  yield `<polyline points="${walls.join(' ')}"/></svg>`
}

calendars.get('/floorplan', (req, res) => {
  Readable.from(drawing(String(req.query.floor))).pipe(res.type('svg'))
})

calendars.get('/rooms/:id/live', (req, res) => {
  res.type('text/event-stream')
  const iterator = roomBook.bookingsOf(req.params.id)
  const timer = setInterval(async () => {
    const { value } = await iterator.next()
    res.write(`data: ${(value as Booking).title}\n\n`)
  }, 50)
  res.on('close', () => clearInterval(timer))
})

const viewers = new Map<string, Set<string>>([['attic', new Set()]])

calendars.get('/rooms/:id/view', (req, res) => {
  res.on('close', () => {
    viewers.get(req.params.id)!.delete(String(req.ip))
  })
  res.json({ viewing: req.params.id })
})
