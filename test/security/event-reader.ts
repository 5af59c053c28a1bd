export interface SentEvent {
  readonly type: string
  readonly data: string
}

/** Reads a stream of events as https://html.spec.whatwg.org/multipage/server-sent-events.html says; Node 20 has none. */
export class EventReader {
  readonly events: SentEvent[] = []

  constructor(text: string) {
    let type = ''
    let data: string[] = []
    const lines = text.split(/\r\n|\n|\r/)
    // The last one has no end: it does not count.
    for (const line of lines.slice(0, -1)) {
      if (line === '') {
        if (data.length > 0) this.events.push({ type: type || 'message', data: data.join('\n') })
        type = ''
        data = []
        continue
      }
      const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? []
      if (field === 'event') type = value
      else if (field === 'data') data.push(value)
    }
  }
}
