/**
 * `node test/clients/tools/run-tools.ts [--tool NAME] [--cache FOLDER]`: follows the pages of `docs/guides/clients/` with
 * the clients and tools of their registries, and runs the programs beside it, against a gateway with TLS of a private
 * authority. Ends with a table, and says what it skipped and why.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { renderTable } from '../../../src/lib/text/index.ts'
import { TestAuthority } from '../../support/certificates.ts'
import { freePort, GatewayProcess } from '../../support/gateway-process.ts'
import { makeWorld, removeWorld } from '../../support/test-gateway.ts'
import { runCommand } from '../kits/run-command.ts'
import { followGuide, type Reader } from './follow-guide.ts'
import { installTool } from './install-tool.ts'
import { TOOLS, type Tool } from './tool.ts'

const PROGRAM_MS = 300_000
const JAVA = ['java', '--add-opens=java.base/java.nio=ALL-UNNAMED']

const { values } = parseArgs({ options: { tool: { type: 'string' }, cache: { type: 'string' } } })
const cache = values.cache ?? join(tmpdir(), 'icecore-clients')

/** Programs do without TLS: it is the pages that show it. */
const plainPort = await freePort()
const authority = new TestAuthority('a private authority')
const world = await makeWorld({
  config: 'limits: {sessions_per_principal: 100}',
  listen: async (folder) => {
    const { cert, key } = authority.issue({ hosts: ['localhost'] })
    await writeFile(join(folder, 'server.pem'), cert)
    await writeFile(join(folder, 'server.key'), key, { mode: 0o600 })
    const tls = '{certificate: server.pem, private_key: "${file:server.key}"}'
    return `{driver: [{port: 0, tls: ${tls}}, {port: ${plainPort}}], ops: {port: 0}}`
  },
})
const ca = join(world.folder, 'ca.pem')
await writeFile(ca, authority.pem)
const gateway = new GatewayProcess(world.config)
try {
  await gateway.start()
  process.exitCode = await run()
} finally {
  await gateway.stop('SIGKILL')
  await removeWorld(world)
}

interface Outcome {
  readonly tool: string
  readonly what: string
  readonly outcome: string
}

async function run(): Promise<number> {
  const outcomes: Outcome[] = []
  for (const tool of TOOLS.filter(({ name }) => name.includes(values.tool ?? '')))
    outcomes.push(...(await runTool(tool)))
  const rows = outcomes.map(({ tool, what, outcome }) => [tool, what, outcome.split('\n')[0] ?? ''])
  const table = renderTable({ columns: ['tool', 'what', 'outcome'].map((name) => ({ name })), rows }, { width: 160 })
  process.stdout.write(`${table.join('\n')}\n\n`)
  const count = (kind: string): number => outcomes.filter(({ outcome }) => outcome.startsWith(kind)).length
  process.stdout.write(`${count('ok')} passed, ${count('FAILED')} failed, ${count('skipped')} skipped\n`)
  return count('FAILED') === 0 ? 0 : 1
}

async function runTool(tool: Tool): Promise<Outcome[]> {
  process.stderr.write(`${tool.name}: installing\n`)
  const installed = await installTool(tool, cache)
  if (!installed.ok) return [{ tool: tool.name, what: '', outcome: `skipped: ${installed.why}` }]
  const outcomes: Outcome[] = []
  const note = async (what: string, check: (reader: Reader) => Promise<void>): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'icecore-tool-'))
    const outcome = await check(readerIn(folder, installed.environment)).then(
      () => 'ok',
      (error: Error) => `FAILED: ${error.message}`,
    )
    await rm(folder, { recursive: true })
    process.stderr.write(`${tool.name}: ${what}: ${outcome}\n`)
    outcomes.push({ tool: tool.name, what, outcome })
  }
  for (const page of tool.guides) await note(`docs/guides/clients/${page}.md`, (reader) => followGuide(page, reader))
  for (const program of tool.programs ?? []) await note(program, (reader) => runProgram(program, reader))
  return outcomes
}

function readerIn(folder: string, environment: Readonly<Record<string, string>>): Reader {
  const { port } = new URL(gateway.url)
  return {
    folder,
    environment: {
      ...environment,
      SNOWFLAKE_HOME: folder,
      SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true',
      ICECORE_TOKEN: world.idp.mint({ sub: 'ada', groups: ['analysts'] }),
      ICECORE_PORT: String(plainPort),
    },
    places: { 'icecore.example.com': 'localhost', '8443': port, '/etc/icecore/ca.pem': ca },
  }
}

async function runProgram(program: string, { folder, environment }: Reader): Promise<void> {
  const path = fileURLToPath(new URL(`programs/${program}`, import.meta.url))
  const command = program.endsWith('.java')
    ? [...JAVA, '-cp', environment.SNOWFLAKE_JDBC_JAR ?? '', path]
    : ['python', path]
  const { code, stdout, stderr } = await runCommand(command, { cwd: folder, environment, timeoutMs: PROGRAM_MS })
  if (code !== 0)
    throw new Error(`it ended with ${code}: ${`${stdout}${stderr}`.trim().split('\n').slice(-8).join('\n')}`)
}
