/**
 * Writes the vectors of the recording format. They are frozen: a change of the format gets a version and vectors of its
 * own, beside the old ones, which must stay readable.
 *
 *   node test/support/recording/write-vectors.ts FOLDER
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { goldenSegment, VECTOR_KEK, VECTOR_START } from './build-segment.ts'
import { sessionEvents } from './sample-session.ts'

const folder = process.argv[2] ?? '.'
const { bytes } = goldenSegment()
const events = sessionEvents('golden').map((event, index) => ({
  lsn: index + 1,
  at: VECTOR_START + index * 1000,
  monotonic: index * 1000,
  ...event,
  body: event.body === undefined ? null : Buffer.from(event.body).toString('base64'),
}))
writeFileSync(join(folder, '0000000001.journal'), bytes)
writeFileSync(
  join(folder, 'v1.0.json'),
  `${JSON.stringify({ keyEncryptionKey: VECTOR_KEK.export().toString('base64'), events }, null, 2)}\n`,
)
