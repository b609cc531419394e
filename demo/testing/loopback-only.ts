/**
 * Loaded with `--import` into a process that is to stay on this machine: a look-up of a name, and a connection to an
 * address beyond it, fail and are told on standard error.
 */
import dns from 'node:dns'
import { BlockList, isIP, Socket } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

function isHere(host: string): boolean {
  if (host === 'localhost') return true
  const family = isIP(host)
  return family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

function refuse(host: string): never {
  process.stderr.write(`beyond this machine: ${host}\n`)
  throw new Error(`${host} is beyond this machine`)
}

const connect = Socket.prototype.connect
Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
  const [first] = args.flat() as readonly ({ readonly host?: string; readonly path?: string } | undefined)[]
  const host = typeof first === 'object' ? (first.path === undefined ? first.host : undefined) : undefined
  if (host !== undefined && !isHere(host)) refuse(host)
  return Reflect.apply(connect, this, args) as Socket
} as typeof connect

const lookup = dns.lookup
dns.lookup = Object.assign(
  (host: string, ...rest: unknown[]) => (isHere(host) ? Reflect.apply(lookup, dns, [host, ...rest]) : refuse(host)),
  lookup,
) as typeof lookup
