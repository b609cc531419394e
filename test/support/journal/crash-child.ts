/** A process that appends until it is killed, and says on standard output what was acknowledged. */
import { createSecretKey } from 'node:crypto'
import { writeSync } from 'node:fs'
import { openJournal } from '../../../src/adapters/journal/index.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { randomIds } from '../../../src/lib/ids.ts'

const [folder, key, round] = process.argv.slice(2) as [string, string, string]
const journal = await openJournal({
  folder,
  kek: createSecretKey(Buffer.from(key, 'base64')),
  clock: systemClock,
  ids: randomIds,
  limits: { segmentBytes: 200_000, ballastBytes: 0, lowWaterBytes: 0, aheadBytes: 8192 },
})

async function appendForEver(writer: number): Promise<never> {
  for (let count = 0; ; count += 1) {
    const session = `${round}/${writer}/${count}`
    await journal.append({
      type: 'session.resumed',
      session,
      facts: { openStatements: 0 },
      body: new Uint8Array((count * 977) % 6000),
    })
    writeSync(1, `${session}\n`)
  }
}

await Promise.all(Array.from({ length: 8 }, (_, writer) => appendForEver(writer)))
