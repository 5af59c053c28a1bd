import type { IncomingMessage } from 'node:http'
import { isAllowedHost, isLoopbackAddress } from './host.ts'

export interface GateRules {
  /** More names a report may be shown under, in lower case and without ports; the option `hosts`. */
  readonly hosts: readonly string[]
}

/** What the gate found out about a request whose client may see a report. */
export interface Admitted {
  readonly withheld: undefined
  /** `http://localhost:3000`, made of the `Host` that was checked. */
  readonly origin: string
}

export interface Refused {
  /** One sentence for the developer, in the terminal. Never sent to the client. */
  readonly withheld: string
}

/**
 * Whether the client of this request may see source and data of the application. Only what the connection itself
 * says counts (never `req.ip` or `req.hostname`, which believe headers), and every lock can only deny: what a
 * browser leaves out grants nothing.
 */
export function admit(req: IncomingMessage, rules: GateRules): Admitted | Refused {
  try {
    const withheld = refusal(req, rules)
    if (withheld !== undefined) return { withheld }
    return { withheld: undefined, origin: `${schemeOf(req)}://${hostsOf(req)[0]!}` }
  } catch {
    // A socket that is gone, headers somebody replaced by something else.
    return { withheld: 'the request could not be read' }
  }
}

function refusal(req: IncomingMessage, rules: GateRules): string | undefined {
  const target = (req as { originalUrl?: unknown }).originalUrl ?? req.url
  if (typeof target !== 'string' || !target.startsWith('/')) {
    return 'the request line names more than a path'
  }
  const hosts = hostsOf(req)
  if (hosts.length !== 1) return `the request has ${hosts.length === 0 ? 'no' : 'more than one'} Host header`
  const host = hosts[0]!
  const { remoteAddress, localAddress } = req.socket
  if (!isAllowedHost(host, { hosts: rules.hosts, localAddress })) {
    return `the Host ${quoted(host)} is not a loopback name; the option hosts allows more names`
  }
  if (!isLoopbackAddress(remoteAddress)) {
    return `the client is not on this machine (${remoteAddress ?? 'no address'})`
  }
  const forwarding = forwardingHeader(req)
  if (forwarding !== undefined) return `the request came through a proxy (it has the header ${forwarding})`
  return crossOriginRead(req)
}

/** What proxies and tunnels add. A public visitor of a tunnel has a loopback socket too. */
const forwardingNames = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'client-ip',
  'true-client-ip',
  'x-cluster-client-ip',
  'x-original-forwarded-for',
  'x-original-host',
  'x-envoy-external-address',
  'x-appengine-user-ip',
  'x-azure-clientip',
  'fastly-client-ip',
  'fly-client-ip',
])

function forwardingHeader(req: IncomingMessage): string | undefined {
  for (let at = 0; at < req.rawHeaders.length; at += 2) {
    const name = req.rawHeaders[at]!.toLowerCase()
    if (forwardingNames.has(name) || name.startsWith('x-forwarded') || name.startsWith('cf-')) return name
  }
  return undefined
}

/**
 * A page of another origin must not read the answer. A top-level navigation shows it to the developer and to no
 * script, so links and redirects from elsewhere work.
 */
function crossOriginRead(req: IncomingMessage): string | undefined {
  const [site, ...moreSites] = valuesOf(req, 'sec-fetch-site')
  const [mode, ...moreModes] = valuesOf(req, 'sec-fetch-mode')
  const [dest, ...moreDests] = valuesOf(req, 'sec-fetch-dest')
  const [origin, ...moreOrigins] = valuesOf(req, 'origin')
  if (moreSites.length + moreModes.length + moreDests.length + moreOrigins.length > 0) {
    return 'the request says twice where it comes from'
  }
  if (dest !== undefined && framed.has(dest)) return `it was to be shown inside another page (${dest})`
  const reads = req.method === 'GET' || req.method === 'HEAD'
  // No browser sends an Origin when it follows a link.
  if (mode === 'navigate' && dest === 'document' && !(reads && origin === 'null')) return undefined
  const from = origin === undefined ? '' : ` ${quoted(origin)}`
  if (site !== undefined && site !== 'none' && site !== 'same-origin') {
    return `a page of another origin${from} asked for it (Sec-Fetch-Site: ${quoted(site)})`
  }
  if (origin === undefined) return undefined
  if (origin === `${schemeOf(req)}://${hostsOf(req)[0]!}`) return undefined
  return `a page of another origin${from} asked for it`
}

const framed = new Set(['iframe', 'frame', 'embed', 'object', 'fencedframe'])

/** Every `Host` of the request, as many as were sent: `req.headers` keeps the first and hides the rest. */
function hostsOf(req: IncomingMessage): string[] {
  const authorities = req.httpVersionMajor >= 2 ? valuesOf(req, ':authority') : []
  const hosts = valuesOf(req, 'host')
  return authorities.length === 1 &&
    (hosts.length === 0 || (hosts.length === 1 && hosts[0] === authorities[0]))
    ? authorities
    : [...authorities, ...hosts]
}

function valuesOf(req: IncomingMessage, name: string): string[] {
  const values: string[] = []
  const { rawHeaders } = req
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]!.toLowerCase() === name) values.push(rawHeaders[at + 1]!)
  }
  return values
}

function schemeOf(req: IncomingMessage): 'http' | 'https' {
  return (req.socket as { encrypted?: unknown }).encrypted === true ? 'https' : 'http'
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)
}
