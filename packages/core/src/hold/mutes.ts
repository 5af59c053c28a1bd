import type { Report } from '@throwpoint/protocol'
import type { Mute } from './hold.ts'

const now = performance.now.bind(performance)
const most = 100

/** What is not held for a while. */
export class Mutes {
  #mutes: Array<{ readonly mute: Mute; readonly until: number }> = []

  add(mute: Mute): void {
    const until = mute.kind === 'time' ? now() + mute.ms : Infinity
    this.#mutes = [...this.#current(), { mute, until }].slice(-most)
  }

  clear(): void {
    this.#mutes = []
  }

  covers(report: Report): boolean {
    return this.#current().some(({ mute }) => fits(mute, report))
  }

  /** One line each. */
  lines(): string[] {
    return this.#current().map(({ mute, until }) => {
      switch (mute.kind) {
        case 'here':
          return `the place ${mute.fingerprint}`
        case 'route':
          return `the route ${mute.method} ${mute.route}`
        case 'time':
          return `everything, for ${Math.ceil((until - now()) / 1000)} s more`
        case 'all':
          return 'everything'
      }
    })
  }

  #current(): Array<{ readonly mute: Mute; readonly until: number }> {
    if (this.#mutes.length > 0) this.#mutes = this.#mutes.filter(({ until }) => until > now())
    return this.#mutes
  }
}

function fits(mute: Mute, { fingerprint, request }: Report): boolean {
  if (mute.kind === 'here') return mute.fingerprint === fingerprint
  if (mute.kind !== 'route') return true
  if (request === null) return false
  return request.method === mute.method && (request.route ?? request.url.split('?')[0]) === mute.route
}
