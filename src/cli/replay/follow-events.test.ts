import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { RecordedFolder } from '../../../test/support/recording/recorded-folder.ts'
import { sessionEvents } from '../../../test/support/recording/sample-session.ts'
import { statementEvents } from '../../../test/support/recording/statement-events.ts'

const COMMAND = fileURLToPath(new URL('../../../bin/icecore.js', import.meta.url))

it('replay --follow prints what a session does until it ends, and ends then', { timeout: 60_000 }, async () => {
  await using record = await RecordedFolder.make()
  const [opened] = sessionEvents('s')
  await record.record([opened!])
  const child = spawn(process.execPath, [COMMAND, 'replay', 's', '--follow', '--json', ...record.options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const next = async (): Promise<string> => (JSON.parse(String((await lines.next()).value)) as { event: string }).event
  assert.equal(await next(), 'session.opened')
  await record.record(statementEvents('s', 1, { outcome: 'denied' }))
  assert.deepEqual(
    [await next(), await next(), await next()],
    ['statement.received', 'statement.decision', 'statement.denied'],
  )
  await record.record([sessionEvents('s').at(-1)!])
  assert.equal(await next(), 'session.ended')
  assert.deepEqual(await closed, [0, null])
})
