/** A host (name or address, IPv6 without brackets) and a TCP port. */
export interface HostPort {
  readonly host: string
  readonly port: number
}

const portMax = 65_535

/**
 * Reads `HOST:PORT`, `[IPv6]:PORT` or `:PORT` (empty host: every address of the machine). Returns
 * undefined for anything else; port 0 is allowed and means "any free port" to whoever listens.
 */
export function parseHostPort(text: string): HostPort | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|([^\s:[\]/]*)):(\d{1,5})$/.exec(text)
  if (match === null) return undefined
  const port = Number(match[3])
  if (port > portMax) return undefined
  return { host: match[1] ?? match[2] ?? '', port }
}

/** The form that {@link parseHostPort} reads. */
export function formatHostPort(endpoint: HostPort): string {
  const { host, port } = endpoint
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Whether a listener of this host takes connections on every address of the machine. */
export function isWildcardHost(host: string): boolean {
  return host === '' || host === '*' || host === '0.0.0.0' || host === '::'
}

/** Whether a numeric address can be reached from this machine only. */
export function isLoopbackAddress(address: string): boolean {
  const plain = unmapped(address)
  return plain === '::1' || /^127(\.\d{1,3}){3}$/.test(plain)
}

/** Writes an IPv4 address that a dual-stack socket shows as `::ffff:a.b.c.d` in its plain form. */
export function unmapped(address: string): string {
  const match = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)
  return match?.[1] ?? address
}
