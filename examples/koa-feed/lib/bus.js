import { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'

/** What happens in the newsroom, as it happens. */
const happened = [
  { id: 1, type: 'published', article: { slug: 'rain-again', title: 'Rain again' } },
  { id: 2, type: 'published', article: { slug: 'harbour-reopens', title: 'Harbour reopens' } },
  { id: 3, type: 'corrected', article: { slug: 'harbour-reopens', title: 'Harbour reopens' } },
  // Taken down: there is no article any more.
  { id: 4, type: 'removed', article: null },
  { id: 5, type: 'published', article: { slug: 'night-trains', title: 'Night trains' } },
]

/** The events after the one with this id, and then nothing more for this demo. */
export async function* eventsAfter(id) {
  for (const event of happened) {
    if (event.id <= id) continue
    await delay(20)
    yield event
  }
}

/** Rooms in which readers discuss; one reader is one open connection. */
export class Room extends EventEmitter {
  #readers = new Map()

  join(name) {
    this.#readers.set(name, { since: Date.now() })
  }

  leave(name) {
    const { since } = this.#readers.get(name)
    this.#readers.delete(name)
    return Date.now() - since
  }

  get size() {
    return this.#readers.size
  }
}
