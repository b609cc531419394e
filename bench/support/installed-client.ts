/** Official drivers of other languages, as `npm run test:clients` installs them: a process for each reading. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Kit, runCommand } from '../../test/clients/kits/index.ts'
import type { Reading, ResultClient } from './bench-client.ts'
import type { Target } from './targets.ts'

/** How Python takes its rows; others take them one by one. */
export type ReadMode = 'rows' | 'arrow' | 'pandas'

const READING_MS = 1_200_000
const SECONDS_TO_LOG_IN = 60

/** Rejects where the client cannot be installed. */
export async function installClient(kit: Kit, mode: ReadMode): Promise<ResultClient> {
  const installed = await kit.install(join(tmpdir(), 'icecore-clients'))
  if (!installed.ok) throw new Error(`${kit.name} cannot be installed: ${installed.why}`)
  return {
    name: `${kit.name} (${installed.version}), ${mode}`,
    connect: async (target) => ({
      rows: (sql) => read(installed.command, { ...where(target), major: kit.major, sql, mode }),
      close: async () => undefined,
    }),
  }
}

/** A process that logs in, reads and logs out, and has a clock of its own. */
async function read(command: readonly string[], target: Readonly<Record<string, string | number>>): Promise<Reading> {
  const { stdout, stderr } = await runCommand([...command, 'read_through'], {
    timeoutMs: READING_MS,
    environment: { ICECORE_TARGET: JSON.stringify(target), SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true' },
  })
  const answer: unknown = JSON.parse(stdout.trim().split('\n').at(-1) || '{}')
  const { result } = answer as { readonly result?: readonly [number, number, number] }
  if (result === undefined) throw new Error(`no reading: ${stdout} ${stderr}`)
  const [rows, firstSeconds, seconds] = result
  return { rows, firstSeconds, seconds }
}

function where({ url, account, token }: Target): Readonly<Record<string, string | number>> {
  const { hostname, port } = new URL(url)
  const at = {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    account,
    user: 'bench',
    patience: SECONDS_TO_LOG_IN,
  }
  return token === null ? { ...at, way: 'password', secret: 'bench' } : { ...at, way: 'oauth', secret: token }
}
