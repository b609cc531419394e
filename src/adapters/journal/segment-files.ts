/** The segments of a folder as files: which there are, and their bytes. What cannot be read is damage with a name. */
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Damage, segmentNumber } from '../../core/recording/format/index.ts'
import { safeLine } from '../../lib/text/index.ts'

export interface SegmentList {
  /** In order. */
  readonly names: readonly string[]
  /** Files that pass themselves off as segments: their names may be anything, and are shown with care. */
  readonly strays: readonly Damage[]
}

export async function listSegments(folder: string): Promise<SegmentList> {
  const found = (await readdir(folder)).filter((name) => name.endsWith('.journal')).sort()
  return {
    names: found.filter((name) => segmentNumber(name) !== null),
    strays: found
      .filter((name) => segmentNumber(name) === null)
      .map(safeLine)
      .map((segment) => ({
        kind: 'not_a_segment',
        segment,
        offset: null,
        lsn: null,
        text: `the file ${segment} is no segment of this journal`,
      })),
  }
}

export type SegmentReading =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly damage: Damage }

/** Reads `length` bytes from `offset` on, or fewer where the file ends before; without `length`, all of them. */
export async function readSegmentFile(
  folder: string,
  name: string,
  offset: number,
  length?: number,
): Promise<SegmentReading> {
  let file: FileHandle | undefined
  try {
    file = await open(join(folder, name), 'r')
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
    return { ok: true, bytes: bytes.subarray(0, filled) }
  } catch (cause) {
    const text = `segment ${name} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'})`
    return { ok: false, damage: { kind: 'unreadable', segment: name, offset, lsn: null, text } }
  } finally {
    await file?.close()
  }
}
