import type { EventInput } from '../../src/core/recording/index.ts'
import { IcecoreError } from '../../src/errors.ts'
import type { Recorder } from '../../src/gate/index.ts'

/** A recorder that keeps events in memory, and fails when it is told to. */
export class MemoryRecorder implements Recorder {
  readonly events: EventInput[] = []
  broken = false

  async append(...events: readonly EventInput[]): Promise<void> {
    if (this.broken) throw new IcecoreError('ICE_RECORD_UNAVAILABLE')
    this.events.push(...events)
  }

  head(): string {
    return `${this.events.length}:0000000000000000`
  }

  failure(): string | null {
    return this.broken ? 'told to fail' : null
  }

  get types(): readonly string[] {
    return this.events.map((event) => event.type)
  }
}
