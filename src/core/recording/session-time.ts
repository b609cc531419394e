import type { EventStamp } from './events.ts'

/**
 * Time into a session. The monotonic clock tells it, since a wall clock may be stepped; but each process has a monotonic
 * clock of its own, so that after a restart of the gateway it goes on from what the wall clock says of the gap.
 */
export class SessionTime {
  /** One for each process that wrote the session: from which event on, and what its clock must be taken for. */
  readonly #processes: { readonly lsn: number; readonly shift: number }[]

  constructor(first: EventStamp) {
    this.#processes = [{ lsn: first.lsn, shift: -first.monotonic }]
  }

  /** Another process wrote from `first` on; `last` is the event before it. */
  restart(last: EventStamp, first: EventStamp): void {
    const offset = this.offset(last) + Math.max(0, first.at - last.at)
    this.#processes.push({ lsn: first.lsn, shift: offset - first.monotonic })
  }

  /** Milliseconds since the first event. */
  offset({ lsn, monotonic }: EventStamp): number {
    const process = this.#processes.findLast((one) => one.lsn <= lsn) ?? this.#processes[0]!
    return Math.max(0, process.shift + monotonic)
  }
}
