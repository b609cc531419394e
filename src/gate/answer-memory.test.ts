import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeSession, fakeUpstream } from '../../test/support/fake-session.ts'
import { asIs, inProgress, oneRow, openGate } from '../../test/support/gate-fixture.ts'
import { readEnvelope, readQueryAnswer } from '../core/wire/index.ts'
import type { AdmittedAnswer } from './answer-memory.ts'
import type { Session } from './session.ts'
import type { StatementReply } from './statement-request.ts'

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function queryIdOf(number: number): string {
  return `01b899f1-0712-45a6-0041-${String(number).padStart(12, '0')}`
}

/** Bytes of an answer that is padded to something more than this. */
const PADDING = 1000

function answerTo(number: number): Buffer {
  return oneRow({ queryId: queryIdOf(number), padding: 'x'.repeat(PADDING) })
}

const SIZE = answerTo(1).length

/** A gate whose memory holds this many answers, and the results that were asked for by their id upstream. */
function open(answersHeld: number, resultFetches = 8) {
  const fetched: string[] = []
  let submitted = 0
  const limits = { answersInMemory: answersHeld * SIZE, resultFetches }
  const gate = openGate(
    {
      submit: async () => {
        submitted += 1
        return answerTo(submitted)
      },
      result: async (id) => {
        fetched.push(id)
        return answerTo(Number(id.slice(-12)))
      },
    },
    limits,
  )
  /** A statement that ends without anybody waiting for it. */
  const endUnattended = async (number: number): Promise<void> => {
    await gate.run(`SELECT ${number}`, { requestId: `r${number}`, asynchronous: true, holdMs: 0 })
    await settle()
  }
  const fetch = (number: number): Promise<StatementReply> =>
    gate.gate.fetch(gate.session, queryIdOf(number), 1000, asIs)
  return { ...gate, fetched, endUnattended, fetch }
}

function released(reply: StatementReply): Uint8Array {
  assert.equal(reply.kind, 'answer')
  reply.release()
  return reply.body
}

describe('the memory of answers', () => {
  it('never holds more than its limit: the oldest answer is let go, recorded, and fetched again by its id', async () => {
    const { answers, endUnattended, fetch, fetched, recorder } = open(3)
    for (let number = 1; number <= 5; number += 1) {
      await endUnattended(number)
      assert.ok(answers.bytes <= 3 * SIZE, `${answers.bytes} bytes`)
    }
    assert.equal(answers.bytes, 3 * SIZE)
    assert.equal(recorder.types.filter((type) => type === 'statement.completed').length, 5)
    for (const number of [5, 4, 3, 2, 1]) {
      assert.deepEqual(Buffer.from(released(await fetch(number))), answerTo(number))
    }
    assert.deepEqual(fetched, [2, 1].map(queryIdOf))
    assert.equal(answers.bytes, 0)
  })

  it('counts an answer until it has gone out', async () => {
    const { answers, endUnattended, fetch } = open(2)
    await endUnattended(1)
    const reply = await fetch(1)
    assert.equal(answers.bytes, SIZE)
    released(reply)
    assert.equal(answers.bytes, 0)
    released(reply)
    assert.equal(answers.bytes, 0, 'once')
  })

  it('lets go of what is held for what is fetched now', async () => {
    const { answers, endUnattended, fetch, fetched } = open(1)
    await endUnattended(1)
    await endUnattended(2)
    const first = await fetch(1)
    assert.equal(first.kind, 'answer')
    assert.equal(answers.bytes, SIZE)
    released(first)
    released(await fetch(2))
    assert.deepEqual(fetched, [1, 2].map(queryIdOf))
  })

  it('tells who asks to poll while what is on its way out fills it, and keeps nothing of the answer', async () => {
    const { answers, clock, endUnattended, fetch } = open(1)
    await endUnattended(1)
    const goingOut = await fetch(1)
    await endUnattended(2)
    assert.equal(answers.bytes, SIZE, 'no second one is held')
    const second = fetch(2)
    await settle()
    clock.advance(1000)
    assert.equal((await second).kind, 'in_progress')
    assert.equal(answers.bytes, SIZE)
    released(goingOut)
    released(await fetch(2))
    assert.equal(answers.bytes, 0)
  })

  it('leaves room to others, whatever one principal’s clients do not take', async () => {
    const { answers } = open(8)
    const [ada, adaAgain, ben, cleo] = ['ada', 'ada', 'ben', 'cleo'].map((name) => fakeSession(fakeUpstream(), name))
    const admit = (session: Session | undefined): AdmittedAnswer | null =>
      answers.admit(session ?? assert.fail(), readQueryAnswer(readEnvelope(answerTo(1))))
    const taken: AdmittedAnswer[] = []
    for (let number = 0; number < 50; number += 1) {
      const one = admit(number % 2 === 0 ? ada : adaAgain)
      if (one !== null) taken.push(one)
    }
    assert.equal(taken.length, 4, 'half, by any number of sessions')
    const theirs = [ben, cleo, ben].map(admit)
    assert.ok(theirs.every((one) => one !== null))
    assert.equal(admit(ada), null)
    for (const one of [...taken, ...theirs]) one?.release()
    assert.equal(answers.bytes, 0)
    assert.ok(admit(ada) !== null)
  })

  it('asks a client to poll whose principal has its share on the way out, though room is left', async () => {
    const { answers, clock, endUnattended, fetch } = open(4)
    const out: StatementReply[] = []
    for (const number of [1, 2]) {
      await endUnattended(number)
      out.push(await fetch(number))
    }
    await endUnattended(3)
    const third = fetch(3)
    await settle()
    clock.advance(1000)
    assert.equal((await third).kind, 'in_progress')
    assert.equal(answers.bytes, 2 * SIZE)
    out.forEach(released)
    assert.deepEqual(Buffer.from(released(await fetch(3))), answerTo(3))
  })

  it('gives the room of a session back with its end', async () => {
    const { answers, endUnattended, registry, session } = open(3)
    await endUnattended(1)
    await endUnattended(2)
    await registry.end(session, 'log-out')
    assert.equal(answers.bytes, 0)
  })

  it('gives the room back of an answer that could not be recorded', async () => {
    const { answers, endUnattended, fetch, recorder } = open(3)
    await endUnattended(1)
    recorder.broken = true
    await assert.rejects(fetch(1), { code: 'ICE_RESULT_UNRECORDED' })
    recorder.broken = false
    assert.equal(answers.bytes, 0)
    released(await fetch(1))
  })
})

describe('the results that a session fetches from the upstream', () => {
  it('are so many at a time, until they have gone out; who comes beyond waits, and is told to poll', async () => {
    const { clock, endUnattended, fetch, fetched } = open(10, 2)
    for (const number of [1, 2, 3]) {
      await endUnattended(number)
      released(await fetch(number))
    }
    fetched.length = 0
    const first = await fetch(1)
    const second = await fetch(2)
    const third = fetch(3)
    await settle()
    clock.advance(1000)
    assert.equal((await third).kind, 'in_progress')
    assert.deepEqual(fetched, [1, 2].map(queryIdOf), 'the third never went upstream')

    const fourth = fetch(3)
    await settle()
    released(first)
    released(await fourth)
    released(second)
    assert.deepEqual(fetched, [1, 2, 3].map(queryIdOf))
  })

  it('give their places back when the upstream fails or still works', async () => {
    let answer = async (): Promise<Buffer> => inProgress(queryIdOf(1))
    const { gate, session, run } = openGate(
      { submit: async () => answerTo(1), result: () => answer() },
      { resultFetches: 1 },
    )
    released(await run('SELECT 1'))
    const fetch = (): Promise<StatementReply> => gate.fetch(session, queryIdOf(1), 1000, asIs)
    assert.equal((await fetch()).kind, 'in_progress')
    answer = () => Promise.reject(new TypeError('broken'))
    await assert.rejects(fetch(), TypeError)
    answer = async () => answerTo(1)
    released(await fetch())
  })
})
