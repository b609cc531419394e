/** How a running Icecore begins and ends: what was started, whether it still takes work, and the drain. */
import type { JournalFiles } from '../adapters/journal/index.ts'
import type { Readiness } from '../doors/ops/index.ts'
import { IcecoreError } from '../errors.ts'
import type { Recorder } from '../gate/index.ts'
import { type Clock, delay } from '../lib/clock.ts'
import type { Ids } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import type { GateParts } from './make-gate.ts'
import type { CertificateState } from './tls/index.ts'

/** What every part may need. */
export interface Basics {
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly files: JournalFiles
  /** Of Icecore. */
  readonly version: string
}

/** What has been started, to be stopped in the opposite order. */
export class Started {
  readonly #stops: (() => Promise<void>)[] = []

  add(stop: () => Promise<void>): void {
    this.#stops.push(stop)
  }

  async stop(): Promise<void> {
    for (let stop = this.#stops.pop(); stop !== undefined; stop = this.#stops.pop()) await stop()
  }
}

export class Lifecycle {
  #open = true

  get isDraining(): boolean {
    return !this.#open
  }

  close(): void {
    this.#open = false
  }

  assertOpen(): void {
    if (!this.#open) throw new IcecoreError('ICE_DRAINING')
  }

  readiness(
    recorderFailure: string | null,
    damages: readonly string[],
    certificates: readonly CertificateState[],
  ): Readiness {
    const reasons = [
      ...(this.#open ? [] : ['Icecore is shutting down']),
      ...(recorderFailure === null ? [] : [`nothing can be recorded: ${recorderFailure}`]),
      ...damages,
      ...certificates.flatMap(({ failure }) => failure ?? []),
    ]
    return { ready: reasons.length === 0, reasons, warnings: certificates.flatMap(({ warnings }) => warnings) }
  }
}

export interface DrainTools extends Pick<GateParts, 'gate' | 'registry' | 'own'> {
  readonly state: Lifecycle
  readonly recorder: Recorder
  readonly clock: Clock
  /** How long what runs may go on, milliseconds. */
  readonly patience: number
  /** Nobody is let in any more, and who is in is let go. */
  closeDoors(): Promise<void>
}

const DRAIN_LOOK_MS = 50

/** Nothing new is begun, what runs may end in time, and the record says that it is over. */
export async function drain(tools: DrainTools, reason: string, sessions: 'keep' | 'end'): Promise<void> {
  const { state, gate, registry, own, recorder, clock } = tools
  state.close()
  gate.drain()
  const deadline = clock.monotonic() + tools.patience
  while (registry.openStatements() > 0 && clock.monotonic() < deadline) await delay(clock, DRAIN_LOOK_MS)
  await own.endAll(reason)
  if (sessions === 'end') await registry.endAll(reason)
  else gate.suspend()
  await tools.closeDoors()
  await recorder.append({ type: 'gateway.stopped', session: null, facts: { reason } })
}
