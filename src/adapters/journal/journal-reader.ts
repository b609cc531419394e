/** Reads a journal, also while another process writes it: it then stops at the last event that is whole. */
import type { KeyObject } from 'node:crypto'
import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  checkContinuity,
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
  type SegmentPosition,
  segmentName,
  segmentNumber,
  segmentStart,
} from '../../core/recording/format/index.ts'
import type { StoredEvent } from '../../core/recording/index.ts'
import { IcecoreError } from '../../errors.ts'

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
    const names = (await readdir(this.#folder)).filter((name) => segmentNumber(name) !== null).sort()
    const segments: OpenSegment[] = []
    for (const name of names) {
      segments.push(await this.#segment(name))
    }
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
    const decoding = decodeFrame(await this.#bytes(segment.name, place.offset, place.bytes), 0)
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

  async #segment(name: string): Promise<OpenSegment> {
    const known = this.#opened.get(name)
    if (known !== undefined) {
      return known
    }
    const opening = openSegment(name, await this.#bytes(name, 0, MAX_HEADER_BYTES), this.#kek, hashOf)
    if (!opening.ok) {
      throw damageError(opening.damage)
    }
    this.#opened.set(name, opening.segment)
    return opening.segment
  }

  async #bytes(name: string, offset: number, length?: number): Promise<Buffer> {
    let file: FileHandle | undefined
    try {
      file = await open(join(this.#folder, name), 'r')
      const wanted = length ?? Math.max(0, (await file.stat()).size - offset)
      const bytes = Buffer.allocUnsafe(wanted)
      let filled = 0
      while (filled < wanted) {
        const { bytesRead } = await file.read(bytes, filled, wanted - filled, offset + filled)
        if (bytesRead === 0) {
          break
        }
        filled += bytesRead
      }
      return bytes.subarray(0, filled)
    } catch (cause) {
      const reason = `segment ${name} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'})`
      throw new IcecoreError('ICE_JOURNAL_DAMAGED', { reason, segment: name }, { cause })
    } finally {
      await file?.close()
    }
  }
}

/** Hash of the last event's frame at the end of `segment`; that of an earlier segment where this one holds none. */
export function chainAfter(segment: OpenSegment, end: SegmentPosition): Buffer {
  const empty = end.lsn === segment.header.firstLsn
  return empty ? segment.header.previousChain : end.chain
}
