/** Ids of the UUID shape that drivers check for, made as Snowflake makes them: rising with time. */
import { randomBytes } from 'node:crypto'

const MINUTE_MS = 60_000

export function makeQueryId(nowMs: number): string {
  const minutes = (0x01000000 + Math.floor(nowMs / MINUTE_MS)).toString(16).padStart(8, '0')
  const random = randomBytes(12).toString('hex')
  return [minutes, random.slice(0, 4), random.slice(4, 8), random.slice(8, 12), random.slice(12)].join('-')
}
