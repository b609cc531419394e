/**
 * A second reader of the format, written from docs/reference/recording-format.md alone: it shares no line with the
 * product's, so that a mistake in one of them shows.
 */
import { createDecipheriv, createHash, hkdfSync } from 'node:crypto'

export interface PlainFrame {
  readonly lsn: number
  readonly header: unknown
  readonly body: Buffer
}

export function readPlainly(file: Buffer, kek: Buffer): PlainFrame[] {
  const derive = (purpose: string, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', kek, '', `icecore/v1/${purpose}`, length))
  const headerLength = file.readUInt32BE(12)
  const header = file.subarray(0, headerLength)
  if (!header.subarray(84, 100).equals(derive('key-id', 16))) {
    throw new Error('another key')
  }
  const bound = Buffer.concat([header.subarray(0, 100), header.subarray(160, headerLength - 4)])
  const wrapped = header.subarray(112, 160)
  const dataKey = open(derive('journal-wrap', 32), header.subarray(100, 112), bound, wrapped)
  const segmentId = header.subarray(20, 36)

  const frames: PlainFrame[] = []
  let chain = createHash('sha256').update(header).digest()
  let at = headerLength
  while (at + 52 <= file.length && file.readUInt32BE(at) !== 0) {
    const length = file.readUInt32BE(at)
    const frame = file.subarray(at, at + 52 + length)
    if (!frame.subarray(20, 52).equals(chain)) {
      throw new Error(`the chain breaks at byte ${at}`)
    }
    const nonce = Buffer.concat([Buffer.alloc(4), frame.subarray(8, 16)])
    const context = Buffer.concat([segmentId, frame.subarray(0, 4), frame.subarray(8, 52)])
    const payload = open(dataKey, nonce, context, frame.subarray(52))
    const end = 5 + payload.readUInt32BE(1)
    frames.push({
      lsn: Number(frame.readBigUInt64BE(8)),
      header: JSON.parse(payload.subarray(5, end).toString('utf8')),
      body: payload.subarray(end),
    })
    chain = createHash('sha256').update(frame).digest()
    at += frame.length
  }
  return frames
}

function open(key: Buffer, nonce: Buffer, context: Buffer, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce)
  decipher.setAAD(context)
  decipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
}
