import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Batch, BufferedBatches, startReading } from './batches.ts'

async function* source(log: string[], failAt = Number.POSITIVE_INFINITY): AsyncGenerator<Batch> {
  try {
    for (let i = 0; i < 3; i++) {
      if (i === failAt) throw new Error('broken')
      log.push(`read ${i}`)
      yield [[String(i)]]
    }
  } finally {
    log.push('closed')
  }
}

async function collect(batches: AsyncIterable<Batch>): Promise<unknown[]> {
  const cells: unknown[] = []
  for await (const batch of batches) cells.push(batch[0]?.[0])
  return cells
}

describe('startReading', () => {
  const start = async (log: string[], failAt?: number) => {
    const done = async () => {
      log.push('done')
    }
    return startReading(source(log, failAt), done)
  }

  it('reads the first batch at once and ends once', async () => {
    const log: string[] = []
    const batches = await start(log)
    assert.deepEqual(log, ['read 0'])
    assert.deepEqual(await collect(batches), ['0', '1', '2'])
    assert.deepEqual(log, ['read 0', 'read 1', 'read 2', 'closed', 'done'])
    assert.equal((await batches.next()).done, true)
  })

  it('ends when it is given up, before the first batch or after', async () => {
    for (const taken of [0, 1]) {
      const log: string[] = []
      const batches = await start(log)
      for (let i = 0; i < taken; i++) await batches.next()
      await batches.return?.()
      assert.deepEqual(log, ['read 0', 'closed', 'done'])
      assert.equal((await batches.next()).done, true)
    }
  })

  it('ends when the source fails, at once or later', async () => {
    const log: string[] = []
    await assert.rejects(start(log, 0), /broken/)
    await assert.rejects(start(log, 1).then(collect), /broken/)
    assert.deepEqual(log, ['closed', 'done', 'read 0', 'closed', 'done'])
  })
})

describe('BufferedBatches', () => {
  it('gives all batches in order, read ahead or not', async () => {
    const log: string[] = []
    const buffered = new BufferedBatches(source(log))
    const reading = buffered.read()
    assert.deepEqual((await reading.next()).value, [['0']])
    await buffered.drain()
    assert.deepEqual(log, ['read 0', 'read 1', 'read 2', 'closed'])
    assert.deepEqual(await collect(reading), ['1', '2'])
  })
})
