/** `Host` as RFC 9110 has it, less what no development server needs: one name or address, and a port. */
const grammar = /^(?<name>\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]{1,253})(?::\d{1,5})?$/i
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

export interface HostRules {
  /** More names, in lower case and without ports; the option `hosts`. */
  readonly hosts: readonly string[]
  /** The address this connection was made to, as `socket.localAddress` has it. */
  readonly localAddress: string | undefined
}

/**
 * Whether a page with a report may be shown under this name. A name that anybody can point at this machine must
 * not be: its page would belong to an origin of theirs (DNS rebinding). Literal addresses and `localhost` belong to
 * nobody. Everything is compared as text; there is no other spelling of an allowed name.
 */
export function isAllowedHost(host: string, rules: HostRules): boolean {
  const match = grammar.exec(host)
  if (match === null) return false
  const name = match.groups!.name!.toLowerCase()
  return isLoopbackName(name) || name === literal(rules.localAddress) || rules.hosts.includes(name)
}

function isLoopbackName(name: string): boolean {
  if (name === '127.0.0.1' || name === '[::1]') return true
  const labels = name.split('.')
  return labels.at(-1) === 'localhost' && labels.every((one) => label.test(one))
}

/** An address as it stands in a URL: IPv6 in brackets, mapped IPv4 as IPv4. */
function literal(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  const plain = withoutMapping(address)
  return plain.includes(':') ? `[${plain.replace(/%.*$/, '').toLowerCase()}]` : plain
}

/** 127.0.0.0/8 and ::1, also as IPv4 mapped into IPv6. */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false
  const plain = withoutMapping(address)
  return plain === '::1' || /^127(?:\.\d{1,3}){3}$/.test(plain)
}

function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
}
