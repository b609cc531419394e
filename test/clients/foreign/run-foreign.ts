/**
 * `node test/clients/foreign/run-foreign.ts [--cache FOLDER]`: fakesnow, a Snowflake-compatible server of other people,
 * behind Icecore, through the official Python driver. Says why where it cannot be installed.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { RecordedEvent } from '../../../src/core/recording/index.ts'
import { freePort, GatewayProcess } from '../../support/gateway-process.ts'
import { makeWorld, recordedEvents, removeWorld, type TestWorld } from '../../support/test-gateway.ts'
import { runCommand } from '../kits/run-command.ts'
import { installTool } from '../tools/install-tool.ts'

const PROGRAM_MS = 180_000
const START_MS = 30_000

const { values } = parseArgs({ options: { cache: { type: 'string' } } })
const installed = await installTool(
  // With the connector's 5.x beside it fakesnow does not import.
  { name: 'fakesnow', requirements: ['fakesnow[server]==0.12.1', 'snowflake-connector-python[pandas]<5'], guides: [] },
  values.cache ?? join(tmpdir(), 'icecore-clients'),
)
if (installed.ok) await run(installed.environment)
else process.stdout.write(`skipped: ${installed.why}\n`)

async function run(environment: Readonly<Record<string, string>>): Promise<void> {
  const port = await freePort()
  const server = spawn('python', [here('serve-fakesnow.py'), String(port)], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  try {
    await reachable(server, port)
    await runBehindIcecore(port, environment)
    process.stdout.write('fakesnow behind Icecore: ok\n')
  } finally {
    const closed = once(server, 'close')
    if (server.kill()) await closed
  }
}

async function runBehindIcecore(port: number, environment: Readonly<Record<string, string>>): Promise<void> {
  const world = await makeWorld({
    connections: () => ({
      foreign: {
        url: `http://127.0.0.1:${port}`,
        account: 'fakesnow',
        database: 'DB',
        schema: 'S',
        loosen: { without_roles: true, without_parameters: true },
      },
    }),
  })
  const gateway = new GatewayProcess(world.config)
  try {
    await gateway.start()
    const { code, stdout, stderr } = await runCommand(['python', '-W', 'ignore', here('foreign.py')], {
      environment: {
        ...environment,
        ICECORE_PORT: new URL(gateway.url).port,
        ICECORE_TOKEN: world.idp.mint({ sub: 'ada', groups: ['analysts'] }),
        FAKESNOW_PORT: String(port),
        SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true',
      },
      timeoutMs: PROGRAM_MS,
    })
    assert.equal(code, 0, `${stdout}${stderr}`.trim().split('\n').at(-1))
    await checkRecord(world)
  } finally {
    await gateway.stop('SIGTERM')
    await removeWorld(world)
  }
}

/** The record holds what went through: the statements, their rows, the refusals and the end. */
async function checkRecord(world: TestWorld): Promise<void> {
  const counts: Partial<Record<RecordedEvent['type'], number>> = {}
  for (const { type } of await recordedEvents(world)) counts[type] = (counts[type] ?? 0) + 1
  const { 'statement.received': received = 0, 'statement.completed': completed, 'statement.failed': failed } = counts
  const { 'statement.denied': denied, 'statement.outcomeUnknown': unknown, 'result.batch': batches = 0 } = counts
  assert.deepEqual(
    { completed, failed, denied, unknown },
    { completed: received - 7, failed: 4, denied: 2, unknown: 1 },
  )
  assert.ok(batches > 5, `${batches} batches`)
  assert.equal(counts['session.ended'], 1)
}

/** Its port takes connections. */
async function reachable(server: ChildProcess, port: number): Promise<void> {
  let said = ''
  server.stderr?.on('data', (text: Buffer) => {
    said += text.toString()
  })
  for (const end = Date.now() + START_MS; Date.now() < end; ) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isOpen) return
    if (server.exitCode !== null) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`fakesnow does not answer: ${said}`)
}

function here(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}
