/** The listeners of one door, opened in the order of the configuration. */
import type { FastifyInstance } from 'fastify'
import type { Clock } from '../lib/clock.ts'
import { createListener, type Listener, type ListenerDoor } from './listener.ts'
import type { ListenerSettings } from './map-config.ts'
import type { Certificates } from './tls/index.ts'

export interface ListenersDoor extends Pick<ListenerDoor, 'refuse'> {
  /** `publicUrl`: where clients reach that listener, once it listens. */
  register(app: FastifyInstance, publicUrl: () => string): void
}

export interface ListenersTools {
  readonly certificates: Certificates
  readonly clock: Clock
  /** Told of each listener as soon as it is open. */
  onOpen(listener: Listener): void
}

/** Rejects with ICE_LISTEN_FAILED; those that were opened before stay open. Yields their addresses. */
export async function openListeners(
  all: readonly ListenerSettings[],
  door: ListenersDoor,
  { certificates, clock, onOpen }: ListenersTools,
): Promise<readonly [string, ...string[]]> {
  const urls: string[] = []
  for (const { name, publicUrl, ...options } of all) {
    let own = ''
    const { refuse } = door
    const listener = await createListener(
      { ...options, certificate: certificates.of(name) },
      { register: (app) => door.register(app, () => publicUrl() ?? own), ...(refuse && { refuse }) },
      clock,
    )
    own = listener.url
    urls.push(own)
    onOpen(listener)
  }
  const [first, ...others] = urls
  if (first === undefined) throw new RangeError('a door without a listener')
  return [first, ...others]
}
