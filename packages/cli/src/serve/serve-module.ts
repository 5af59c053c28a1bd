/**
 * The program of `throwpoint serve`. Arguments: the file of the module, port, host.
 */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Added, withMiddleware } from './add-middleware.ts'
import { type Application, applicationOf, NotServable } from './application.ts'

const [module = '', port = '', host = ''] = process.argv.splice(2)
const name = path.relative(process.cwd(), module)

/** How long requests may take to end once the server is told to stop. */
const graceMs = 5000

async function serveModule(): Promise<void> {
  // What the module throws is thrown as if it had been run
  const exported = (await import(pathToFileURL(module).href)) as Record<string, unknown>
  const application = await applicationOf(exported).catch((error: unknown) => {
    if (!(error instanceof NotServable)) throw error
    return stop(`${name} cannot be served: ${error.message}.`)
  })
  const { listener, added } = await withMiddleware(application, module)
  const server = createServer(listener as RequestListener)
  server.once('error', (error: NodeJS.ErrnoException) => stop(explain(error)))
  server.listen(Number(port), host, () => {
    server.removeAllListeners('error')
    process.stdout.write(`throwpoint: ${name}, ${describe(application, added)}, at ${url(server)}\n`)
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) stopOn(signal, server)
}

function describe({ kind }: Application, added: Added): string {
  const what = { express: 'an Express app', koa: 'a Koa app', listener: 'a request listener' }[kind]
  const middleware = {
    added: 'debug middleware added',
    there: 'with its own debug middleware',
    off: 'without debug middleware',
  }[added]
  return `${what}, ${middleware}`
}

function url(server: Server): string {
  const address = server.address() as AddressInfo
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${address.port}/`
}

function explain(error: NodeJS.ErrnoException): string {
  const next = Number(port) < 65_535 ? Number(port) + 1 : 8080
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is taken. Stop what listens there, or take another: --port ${next}, or --port 0 for a free one.`
    case 'EACCES':
      return `Port ${port} is not allowed for this user. Take one above 1023: --port 3000`
    case 'ENOTFOUND':
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${host}. Take another: --host localhost`
    default:
      return `Cannot listen on ${host}, port ${port}: ${error.message}`
  }
}

/** Requests in progress are answered first; a second signal does not wait for them. */
function stopOn(signal: NodeJS.Signals, server: Server): void {
  // A module that handles the signal decides when the process ends
  const isTheirs = process.listenerCount(signal) > 0
  process.once(signal, () => {
    server.close(() => {
      if (!isTheirs) process.exit(0)
    })
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), graceMs).unref()
  })
}

function stop(message: string): never {
  process.stderr.write(`throwpoint: ${message}\n`)
  process.exit(1)
}

void serveModule()
