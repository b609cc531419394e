/** Reads a journal, also while another process writes it: it then stops at the last event that is whole. */
import type { KeyObject } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  checkContinuity,
  checkKeys,
  checkSequence,
  damageError,
  decodeEvent,
  decodeFrame,
  decryptFrame,
  type EventPlace,
  hashOf,
  MAX_HEADER_BYTES,
  type OpenSegment,
  openSegment,
  type PlacedEvent,
  readSegment,
  type SegmentEnd,
  type SegmentOpening,
  type SegmentPosition,
  segmentName,
  segmentStart,
} from '../../core/recording/format/index.ts'
import type { StoredEvent } from '../../core/recording/index.ts'
import { listSegments, readSegmentFile } from './segment-files.ts'
import { chainAfter } from './verify-segment.ts'

/** Between two events of a journal. */
export interface JournalPosition extends SegmentPosition {
  readonly segment: number
}

export function positionAfter({ event, place, hash }: PlacedEvent): JournalPosition {
  return { segment: place.segment, offset: place.offset + place.bytes, lsn: event.lsn + 1, chain: hash }
}

export interface JournalReaderOptions {
  readonly folder: string
  readonly kek: KeyObject
}

/** An event, and where it lies. */
interface LsnPlace {
  readonly lsn: number
  readonly place: EventPlace
}

/** Places that lie close together are read with one read of at most so much; a single event may be larger. */
const MOST_RUN_BYTES = 1024 * 1024

export class JournalReader {
  readonly #folder: string
  readonly #kek: KeyObject
  readonly #opened = new Map<string, OpenSegment>()

  constructor(options: JournalReaderOptions) {
    this.#folder = options.folder
    this.#kek = options.kek
  }

  /** All segments in order, their headers checked; rejects when one is damaged or missing. */
  async segments(): Promise<readonly OpenSegment[]> {
    const { names, strays } = await listSegments(this.#folder)
    const [stray] = strays
    if (stray !== undefined) {
      throw damageError(stray)
    }
    const openings: SegmentOpening[] = []
    for (const name of names) {
      openings.push(await this.#open(name))
    }
    const segments = checkKeys(openings).map(opened)
    const damage = checkSequence(segments)
    if (damage !== null) {
      throw damageError(damage)
    }
    return segments
  }

  /**
   * Every event from `from` on, in order, up to the end of what is written. Returns where it ended, to read on from
   * there later. Rejects with ICE_JOURNAL_DAMAGED where an event cannot be read.
   */
  async *read(from?: JournalPosition): AsyncGenerator<PlacedEvent, JournalPosition | null> {
    let position = from ?? null
    if (from !== undefined) {
      await this.#checkPosition(from)
    }
    let damagedBefore = false
    for (;;) {
      const segments = await this.segments()
      const index = position === null ? 0 : position.segment - 1
      const segment = segments[index]
      if (segment === undefined) {
        return position
      }
      position ??= { segment: segment.header.number, ...segmentStart(segment) }
      const next = segments[index + 1]
      const until = next?.header.firstLsn ?? null
      const bytes = await this.#bytes(segment.name, position.offset)
      const end: SegmentEnd = yield* readSegment({ segment, bytes, base: position.offset, until }, position)
      position = { segment: segment.header.number, ...end.position }
      if (end.status === 'damaged') {
        // A writer may have been in the middle of this frame when it was read: look once more.
        if (damagedBefore) {
          throw damageError(end.damage)
        }
        damagedBefore = true
        continue
      }
      damagedBefore = false
      if (next === undefined) {
        if ((await this.segments()).length === segments.length) {
          return position
        }
        continue
      }
      const damage = checkContinuity(next, chainAfter(segment, end.position))
      if (damage !== null) {
        throw damageError(damage)
      }
      position = { segment: next.header.number, ...segmentStart(next) }
    }
  }

  /** A place once reached must still be there: what was read then has been cut off since otherwise. */
  async #checkPosition(position: JournalPosition): Promise<void> {
    const segment = (await this.segments())[position.segment - 1]
    const size = segment === undefined ? 0 : (await stat(join(this.#folder, segment.name))).size
    if (size < position.offset) {
      throw damageError({
        kind: 'gap',
        segment: segmentName(position.segment),
        offset: size,
        lsn: null,
        text: `the journal ends before event ${position.lsn - 1}, which was once read from it`,
      })
    }
  }

  /** All frames of a segment as they lie on disk. */
  segmentBytes(segment: OpenSegment): Promise<Buffer> {
    return this.#bytes(segment.name, segment.headerBytes)
  }

  /** The event at a place that the index names. Rejects when another one, or none, lies there. */
  async readAt(lsn: number, place: EventPlace): Promise<StoredEvent> {
    const segment = await this.#segment(segmentName(place.segment))
    return decodeAt(segment, lsn, place, await this.#bytes(segment.name, place.offset, place.bytes))
  }

  /** The same of many, in their order: those that lie close together are read from the disk at once. */
  async *readEach(places: Iterable<LsnPlace>): AsyncGenerator<StoredEvent> {
    for (const { segment: number, offset, bytes: length, events } of runsOf(places)) {
      const segment = await this.#segment(segmentName(number))
      const bytes = await this.#bytes(segment.name, offset, length)
      for (const { lsn, place } of events) {
        const at = place.offset - offset
        yield decodeAt(segment, lsn, place, bytes.subarray(at, at + place.bytes))
      }
    }
  }

  async #segment(name: string): Promise<OpenSegment> {
    return opened(await this.#open(name))
  }

  async #open(name: string): Promise<SegmentOpening> {
    const known = this.#opened.get(name)
    if (known !== undefined) {
      return { ok: true, segment: known }
    }
    const opening = openSegment(name, await this.#bytes(name, 0, MAX_HEADER_BYTES), this.#kek, hashOf)
    if (opening.ok) {
      this.#opened.set(name, opening.segment)
    }
    return opening
  }

  async #bytes(name: string, offset: number, length?: number): Promise<Buffer> {
    const read = await readSegmentFile(this.#folder, name, offset, length)
    if (!read.ok) {
      throw damageError(read.damage)
    }
    return read.bytes
  }
}

function opened(opening: SegmentOpening): OpenSegment {
  if (!opening.ok) {
    throw damageError(opening.damage)
  }
  return opening.segment
}

function decodeAt(segment: OpenSegment, lsn: number, place: EventPlace, bytes: Buffer): StoredEvent {
  const decoding = decodeFrame(bytes, 0)
  const payload = decoding.status === 'frame' ? decryptFrame(segment, decoding.frame) : null
  if (decoding.status !== 'frame' || payload === null || decoding.frame.lsn !== lsn) {
    throw damageError({
      kind: 'frame_damaged',
      segment: segment.name,
      offset: place.offset,
      lsn,
      text: `segment ${segment.name}, byte ${place.offset}: event ${lsn} cannot be read`,
    })
  }
  return decodeEvent(lsn, payload)
}

/** Places in order, those together that one read takes in. */
function* runsOf(places: Iterable<LsnPlace>): Generator<EventPlace & { readonly events: readonly LsnPlace[] }> {
  let events: LsnPlace[] = []
  let run = null as EventPlace | null
  for (const event of places) {
    const { segment, offset, bytes } = event.place
    const length = run === null ? 0 : offset + bytes - run.offset
    if (run !== null && run.segment === segment && offset >= run.offset && length <= MOST_RUN_BYTES) {
      run = { ...run, bytes: length }
      events.push(event)
      continue
    }
    if (run !== null) yield { ...run, events }
    run = event.place
    events = [event]
  }
  if (run !== null) yield { ...run, events }
}
