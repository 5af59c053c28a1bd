// What a session costs requests that are not held: ratios of bursts in one process, or of two that take turns.
import { BenchServer } from './bench-server.js'

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]
/** The median, and from where to where. */
const cells = (list) => [
  median(list).toFixed(3),
  `${Math.min(...list).toFixed(2)}–${Math.max(...list).toFixed(2)}`,
]

/** @typedef {{ framework: string, quick: boolean, node: string }} Settings */

/**
 * Other requests while one is held, against the same session while none is.
 *
 * @param {Settings} settings
 * @returns {Promise<string[]>} a row for each route
 */
export async function whileHeld({ framework, quick, node }) {
  const count = quick ? 400 : 800
  const rows = []
  for (const path of ['/json', '/awaits']) {
    const ratios = { us: [], ms: [] }
    for (let generation = 0; generation < (quick ? 2 : 5); generation++) {
      const own = { us: [], ms: [] }
      const server = await BenchServer.start(framework, 'throwpoint-session', node)
      try {
        // The first session is loaded, and what is hot is compiled.
        await (await server.hold('/fail')).letGo()
        for (let times = 0; times < 4; times++) await server.load(count, path)
        // What a hold costs once, its report, is not what the others pay while it lasts.
        const measured = async () => {
          await server.load(100, path)
          return server.load(count, path)
        }
        for (let turn = 0; turn < (quick ? 6 : 12); turn++) {
          const free = turn % 2 === 0 ? await measured() : undefined
          const hold = await server.hold('/fail')
          const held = await measured()
          await hold.letGo()
          const { us, ms } = free ?? (await measured())
          own.us.push(held.us / us)
          own.ms.push(ms / held.ms)
        }
      } finally {
        await server.stop()
      }
      for (const key of ['us', 'ms']) ratios[key].push(median(own[key]))
    }
    rows.push([framework, path, ...cells(ratios.ms), ...cells(ratios.us)])
  }
  return rows
}

/**
 * Failing requests and others of a session that has no terminal and nobody attached, against `terminal: 'report'`.
 *
 * @param {Settings} settings
 * @returns {Promise<string[]>} a row for each route
 */
export async function withoutTerminal({ framework, quick, node }) {
  const rows = []
  const count = 200
  for (const [path, status] of [
    ['/fail', 500],
    ['/json', 200],
  ]) {
    const ratios = { us: [], ms: [] }
    for (let generation = 0; generation < (quick ? 2 : 5); generation++) {
      const [report, session] = await Promise.all(
        ['throwpoint-report', 'throwpoint-session'].map((name) => BenchServer.start(framework, name, node)),
      )
      const own = { us: [], ms: [] }
      try {
        for (let times = 0; times < 8; times++) {
          for (const server of [report, session]) await server.load(count, path, status)
        }
        for (let turn = 0; turn < (quick ? 8 : 24); turn++) {
          const found = new Map()
          const order = turn % 2 === 0 ? [report, session] : [session, report]
          for (const server of order) found.set(server, await server.load(count, path, status))
          for (const key of ['us', 'ms']) own[key].push(found.get(session)[key] / found.get(report)[key])
        }
      } finally {
        await Promise.all([report.stop(), session.stop()])
      }
      for (const key of ['us', 'ms']) ratios[key].push(median(own[key]))
    }
    rows.push([framework, path, ...cells(ratios.us), ...cells(ratios.ms)])
  }
  return rows
}
