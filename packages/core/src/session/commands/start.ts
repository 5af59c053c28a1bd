import { ThrowpointError } from '../../errors.ts'
import { visible } from '../../report/visible.ts'
import type { RouteBreaks } from '../../start/route-breaks.ts'
import type { Command } from '../command.ts'
import type { Session } from '../session.ts'

const routes: Command = {
  name: 'routes',
  aliases: [],
  arguments: '[text]',
  group: 'session',
  help: 'The routes of the application; with a text, those that have it',
  details:
    'Of Express with its routers, and of routers of @koa/router. An application that is mounted in another one is one line (USE).',
  example: 'routes orders',
  needsLive: true,
  async run({ session, paint }, args) {
    const list = (await session.services.routes?.()) ?? []
    const data = list.filter(({ method, path }) =>
      `${method} ${path}`.toLowerCase().includes(args.toLowerCase()),
    )
    const width = Math.max(0, ...data.map(({ method }) => method.length))
    const none = list.length === 0 ? 'No routes are known yet.' : `No route has ${JSON.stringify(args)}.`
    const lines = data.map(({ method, path }) => `${paint.strong(method.padEnd(width))} ${visible(path)}`)
    return { lines: lines.length === 0 ? [paint.dim(none)] : lines, data: { routes: data } }
  },
}

const otherwise =
  'Only routes can be stopped at: break on route GET /orders/:id. To stop at a line, write "await breakpoint()" there ' +
  'and send the request again ("retry" or "replay"), or attach a debugger ("node --inspect").'

const breakOn: Command = {
  name: 'break',
  aliases: ['b', 'tbreak'],
  arguments: 'on route [METHOD] /path',
  group: 'session',
  help: 'Hold requests of this route when they arrive, before the application sees them',
  details: `\`:name\` stands for a segment, \`*\` for anything; a method is not needed. ${otherwise}`,
  example: 'break on route POST /orders',
  needsLive: true,
  run({ session, paint }, args) {
    if (args === '') return listed(session, paint.dim)
    const [, method, path] = /^(?:on\s+)?route\s+(?:([A-Za-z]+)\s+)?(\/\S*)$/.exec(args) ?? []
    if (path === undefined) throw new ThrowpointError('TP_BAD_COMMAND', otherwise)
    const { number } = breaksOf(session).add(method?.toUpperCase(), path)
    const what = `${method === undefined ? '' : `${method.toUpperCase()} `}${path}`
    return {
      lines: [
        paint.dim(
          `${number}: requests of ${visible(what)} are held when they arrive. "clear ${number}" ends it.`,
        ),
      ],
      data: { number, method: method?.toUpperCase() ?? null, path },
    }
  },
}

const breaks: Command = {
  name: 'breaks',
  aliases: ['breakpoints'],
  arguments: '',
  group: 'session',
  help: 'Where requests are held when they arrive',
  details: 'As they were set with `break on route`, with the requests they have stopped.',
  example: 'breaks',
  needsLive: true,
  run: ({ session, paint }) => listed(session, paint.dim),
}

const clear: Command = {
  name: 'clear',
  aliases: [],
  arguments: '[n]',
  group: 'session',
  help: 'Take a `break` back, by its number in `breaks`; without one, all',
  details: 'Requests that wait already keep waiting.',
  example: 'clear 1',
  needsLive: true,
  run({ session, paint }, args) {
    if (args !== '' && !/^\d{1,9}$/.test(args))
      throw new ThrowpointError(
        'TP_BAD_COMMAND',
        `Which one? Its number in "breaks", not ${JSON.stringify(args)}.`,
      )
    const removed = breaksOf(session).remove(args === '' ? undefined : Number(args))
    if (removed === 0 && args !== '')
      throw new ThrowpointError('TP_BAD_COMMAND', `There is no break ${args}; "breaks" lists them.`)
    return {
      lines: [
        paint.dim(
          removed === 0
            ? 'There was none.'
            : args === ''
              ? `All are taken back (${removed}).`
              : `Taken back: ${args}.`,
        ),
      ],
      data: { removed },
    }
  },
}

function listed(session: Session, dim: (text: string) => string): { lines: string[]; data: unknown } {
  const list = breaksOf(session).list()
  const data = list.map(({ number, method, path, hits }) => ({ number, method: method ?? null, path, hits }))
  const lines = list.map(({ number, method, path, hits }) => {
    const times = hits === 0 ? '' : `  ${hits === 1 ? 'once' : `${hits} times`}`
    return `${number} ${method === undefined ? '' : `${method} `}${visible(path)}${dim(times)}`
  })
  return {
    lines: lines.length === 0 ? [dim('None: "break on route GET /x" sets one.')] : lines,
    data: { breaks: data },
  }
}

function breaksOf({ services }: Session): RouteBreaks {
  if (services.breaks !== undefined) return services.breaks
  throw new ThrowpointError('TP_BAD_COMMAND', 'No requests arrive here.')
}

export const startCommands: readonly Command[] = [routes, breakOn, breaks, clear]
