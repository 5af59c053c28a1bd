import { setTimeout as delay } from 'node:timers/promises'

export interface Room {
  readonly id: string
  readonly name: string
  readonly seats: number
  readonly floor: 1 | 2
}

export interface Booking {
  readonly id: number
  readonly room: string
  readonly title: string
  readonly start: Date
  readonly minutes: number
  readonly organiser: { readonly name: string; readonly phone: string }
}

/** A booking as the old system exported it: what the types promise, the data does not always keep. */
type BookingRow = Omit<Booking, 'start'> & { readonly start: string }

const rooms: readonly Room[] = [
  { id: 'attic', name: 'Attic', seats: 4, floor: 2 },
  { id: 'garden', name: 'Garden room', seats: 12, floor: 1 },
]

const ada = { name: 'Ada', phone: '+49 30 901820' }
const rows = [
  { id: 1, room: 'attic', title: 'Stand-up', start: '2026-04-01T08:00Z', minutes: 15, organiser: ada },
  { id: 2, room: 'garden', title: 'Interview', start: '2026-04-01T09:00Z', minutes: 60, organiser: ada },
  { id: 3, room: 'garden', title: 'Review', start: '2026-04-02T13:00Z', minutes: 45, organiser: null },
  { id: 4, room: 'garden', title: 'Offsite', start: '31.4.2026', minutes: 480, organiser: ada },
] as unknown as readonly BookingRow[]

export class RoomBook {
  get rooms(): readonly Room[] {
    return rooms
  }

  room(id: string): Room | undefined {
    return rooms.find((room) => room.id === id)
  }

  async booking(id: number): Promise<Booking> {
    await delay(1)
    const row = rows.find((candidate) => candidate.id === id)!
    return { ...row, start: new Date(row.start) }
  }

  async *bookingsOf(room: string): AsyncGenerator<Booking, void, undefined> {
    for (const row of rows) {
      await delay(5)
      if (row.room === room) yield { ...row, start: new Date(row.start) }
    }
  }

  conflicts(booking: Booking, start: Date): Booking | undefined {
    const row = rows.find(({ id, room }) => room === booking.room && id !== booking.id)
    return row && start.getUTCHours() === 9 ? { ...row, start: new Date(row.start) } : undefined
  }
}

export const roomBook: RoomBook = new RoomBook()
