/** Checks of the listeners: who could reach them, who could read on the way, and where their links lead. */
import { canonicalAddress, isWildcardAddress } from '../../lib/net/index.ts'
import { type DriverListener, listenSchema } from './listen.ts'
import type { Finding, Path } from './problem.ts'
import { isLoopbackHost } from './scalar.ts'
import { configSchema } from './schema.ts'
import { readOne } from './view.ts'

type Section = Readonly<Record<string, unknown>>

interface Placed {
  readonly door: 'driver' | 'ops'
  readonly listener: DriverListener
  readonly path: Path
}

export function* checkListeners(root: Section): Generator<Finding> {
  const written = (root.listen ?? {}) as Section
  const listen = readOne(listenSchema, written)
  if (listen === null) return
  const all = (['driver', 'ops'] as const).flatMap((door) => placed(door, listen[door], written[door]))
  const { trusted_proxies, public_url } = configSchema.shape
  const proxies = readOne(trusted_proxies, root.trusted_proxies ?? [])
  const shared = readOne(public_url, root.public_url)
  for (const one of all) {
    const exposed = [...checkTransport(one, proxies?.length ?? null)]
    yield* exposed
    // One thing after the other: how it is reached is another question once it is safe.
    if (one.door === 'driver' && exposed.length === 0) yield* checkLinks(one, shared ?? undefined)
  }
  yield* checkOverlap(all)
}

function placed(door: Placed['door'], listeners: readonly DriverListener[], written: unknown): readonly Placed[] {
  return listeners.map((listener, index) => {
    const path = Array.isArray(written) ? ['listen', door, index] : ['listen', door]
    return { door, listener, path }
  })
}

function* checkTransport({ door, listener, path }: Placed, proxies: number | null): Generator<Finding> {
  const { host, tls, plain_http } = listener
  if (plain_http !== undefined && tls !== undefined) {
    yield {
      code: 'invalid_value',
      message: 'a listener speaks TLS or plain HTTP, not both',
      hint: 'take out plain_http, or tls',
      path: [...path, 'plain_http'],
    }
    return
  }
  if (plain_http !== undefined) {
    if (proxies !== 0) return
    yield {
      code: 'missing_key',
      message: `the ${door} listener is to be behind a proxy, and no proxy is trusted`,
      hint: 'name the proxy’s addresses under trusted_proxies',
      path: [...path, 'plain_http'],
    }
    return
  }
  if (tls !== undefined || isLoopbackHost(host)) return
  yield {
    code: 'not_loopback',
    message: `the ${door} listener would be open beyond this machine at "${host}", and tokens would cross the network in the clear`,
    hint: 'give it "tls: { certificate: PATH, private_key: ${file:PATH} }", or listen on 127.0.0.1; where a proxy ends TLS before it, write "plain_http: behind_proxy" and name the proxy under trusted_proxies',
    path: [...path, 'host'],
  }
}

/** The header Host is the client's to choose, so links are made of what the file says alone. */
function* checkLinks({ listener, path }: Placed, shared: string | undefined): Generator<Finding> {
  const { host, tls, plain_http, public_url } = listener
  const at = public_url === undefined ? ['public_url'] : [...path, 'public_url']
  const links = public_url ?? shared
  if (links === undefined) {
    if (!isWildcardAddress(host) && !host.includes('%') && plain_http === undefined) return
    yield {
      code: 'missing_key',
      message: 'drivers could not be told where to fetch results from: this listener has no address of its own',
      hint: 'write the address that drivers use as public_url',
      path: [...path, plain_http === undefined ? 'host' : 'plain_http'],
    }
    return
  }
  if (tls === undefined || links.startsWith('https:')) return
  yield {
    code: 'insecure_url',
    message: `links to results would lead from TLS to plain HTTP, at "${links}"`,
    hint: `write it with https, or give the listener a public_url of its own`,
    path: at,
  }
}

function* checkOverlap(all: readonly Placed[]): Generator<Finding> {
  for (const [index, { listener, path, door }] of all.entries()) {
    const other = all.slice(0, index).find((earlier) => collide(earlier.listener, listener))
    if (other === undefined) continue
    const whose = other.door === door ? 'another' : `the ${other.door}`
    yield {
      code: 'overlap',
      message: `port ${listener.port} is ${whose} listener’s already`,
      path: [...path, 'port'],
    }
  }
}

function collide(a: DriverListener, b: DriverListener): boolean {
  if (a.port !== b.port || a.port === 0) return false
  return [a.host, b.host].some(isWildcardAddress) || nameOf(a.host) === nameOf(b.host)
}

function nameOf(host: string): string {
  return host.toLowerCase() === 'localhost' ? '127.0.0.1' : (canonicalAddress(host) ?? host.toLowerCase())
}
