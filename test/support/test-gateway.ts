/**
 * The whole product in one process, over real sockets: emulator, issuer and gateway, for tests that drive it as a user
 * would and then look at both ends: what reached the warehouse, and what is on record.
 */
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../emulator/index.ts'
import { JournalReader } from '../../src/adapters/journal/index.ts'
import { createKeyFile, loadKek } from '../../src/adapters/secrets/index.ts'
import { recordFolders } from '../../src/adapters/store/index.ts'
import type { RecordedEvent } from '../../src/core/recording/index.ts'
import type { Log } from '../../src/lib/log.ts'
import { loadConfig } from '../../src/server/config/index.ts'
import { type Gateway, type GatewayTools, startGateway } from '../../src/server/index.ts'
import { TestIdp } from './test-idp.ts'

export interface TestGatewayOptions {
  readonly emulator?: Partial<EmulatorOptions>
  /** Users of the warehouse besides Icecore's own. */
  readonly users?: EmulatorOptions['users']
  /** Connections and issuers besides `prod` and `idp`, by name; what they do not say is as there. */
  readonly connections?: (emulator: Emulator) => Entries | Promise<Entries>
  readonly issuers?: Entries
  /** Where the driver door listens; 0 for any. */
  readonly port?: number
  /** The section `listen` of a test's own, as YAML; what it names can be put into the folder. */
  readonly listen?: (folder: string) => string | Promise<string>
  /** Further sections of the config, as YAML. */
  readonly config?: string
  /** A clock or files of the test's own. */
  readonly tools?: Pick<GatewayTools, 'clock' | 'files'>
}

type Entries = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface LogLine {
  readonly event: string
  readonly fields: unknown
}

const USER = 'ICECORE'

/** What a gateway needs around it: a warehouse, an issuer, and a configuration that names both. */
export interface TestWorld {
  readonly emulator: Emulator
  readonly idp: TestIdp
  readonly folder: string
  /** The configuration file. */
  readonly config: string
}

export async function makeWorld(options: Omit<TestGatewayOptions, 'tools'> = {}): Promise<TestWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'icecore-test-'))
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  await createKeyFile(join(folder, 'record.key'))
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  await writeFile(join(folder, 'warehouse.p8'), pem, { mode: 0o600 })
  const user = {
    name: USER,
    publicKeys: [publicKey.export({ type: 'spki', format: 'pem' }) as string],
    roles: ['ANALYST', 'SYSADMIN'],
    defaultRole: 'ANALYST',
    defaultWarehouse: 'COMPUTE_WH',
  }
  const emulator = await startEmulator({ tpchScale: 0, users: [user, ...(options.users ?? [])], ...options.emulator })
  const idp = await TestIdp.start()
  const config = join(folder, 'icecore.yaml')
  const connections = (await options.connections?.(emulator)) ?? {}
  const further = {
    connections,
    issuers: options.issuers ?? {},
    sections: options.config ?? '',
    listen: (await options.listen?.(folder)) ?? `{driver: {port: ${options.port ?? 0}}, ops: {port: 0}}`,
  }
  await writeFile(config, configText(emulator, idp, further))
  return { emulator, idp, folder, config }
}

/** Everything on record in the data folder of a world, in order. */
export async function recordedEvents(world: Pick<TestWorld, 'folder'>): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for await (const event of readEvents(world)) events.push(event)
  return events
}

/** The same, one by one: a long run is more than memory should hold. */
export async function* readEvents({ folder }: Pick<TestWorld, 'folder'>): AsyncGenerator<RecordedEvent> {
  const kek = await loadKek(`\${file:${join(folder, 'record.key')}}`, { environment: {} })
  const reader = new JournalReader({ folder: recordFolders(join(folder, 'data')).journal, kek })
  for await (const { event } of reader.read()) if (event.type !== 'opaque') yield event
}

export async function removeWorld({ emulator, idp, folder }: Omit<TestWorld, 'config'>): Promise<void> {
  await emulator.close()
  await idp.close()
  await rm(folder, { recursive: true, force: true })
}

export class TestGateway {
  readonly emulator: Emulator
  readonly idp: TestIdp
  readonly folder: string
  readonly log: LogLine[]
  readonly #gateway: Gateway

  private constructor(parts: Pick<TestGateway, 'emulator' | 'idp' | 'folder' | 'log'>, gateway: Gateway) {
    this.emulator = parts.emulator
    this.idp = parts.idp
    this.folder = parts.folder
    this.log = parts.log
    this.#gateway = gateway
  }

  static async start(options: TestGatewayOptions = {}): Promise<TestGateway> {
    const { emulator, idp, folder, config } = await makeWorld(options)
    const loaded = await loadConfig(config)
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
    const lines: LogLine[] = []
    const gateway = await startGateway(loaded.config, { ...options.tools, log: collect(lines) })
    return new TestGateway({ emulator, idp, folder, log: lines }, gateway)
  }

  get url(): string {
    return this.#gateway.url
  }

  get opsUrl(): string {
    return this.#gateway.opsUrl
  }

  get listeners(): Gateway['listeners'] {
    return this.#gateway.listeners
  }

  /** As SIGHUP does. */
  async reload(): Promise<void> {
    await this.#gateway.reload('SIGHUP')
  }

  /** Everything on record so far, in order. */
  events(): Promise<readonly RecordedEvent[]> {
    return recordedEvents(this)
  }

  /** SQL texts that reached the warehouse in sessions of agents: Icecore's own at log-in are left out. */
  reached(): readonly string[] {
    return this.emulator.inspect
      .statements()
      .filter(({ queryTag }) => queryTag.includes('"statement":"'))
      .map(({ sqlText }) => sqlText)
  }

  /** Stops the gateway as SIGTERM would, and leaves the rest running. */
  drain(): Promise<void> {
    return this.#gateway.close('SIGTERM')
  }

  async close(): Promise<void> {
    await this.#gateway.close('the test is over', 'end')
    await removeWorld(this)
  }
}

interface Further {
  readonly connections: Entries
  readonly issuers: Entries
  readonly sections: string
  readonly listen: string
}

/** YAML takes JSON for what it is. */
function configText(emulator: Emulator, idp: TestIdp, further: Further): string {
  const issuer = {
    issuer: idp.issuer,
    audiences: ['icecore'],
    proves: 'human',
    groups: { claim: 'groups', required: false },
  }
  const connection = {
    url: emulator.url,
    account: emulator.account,
    user: USER,
    credential: { type: 'key_pair', private_key: '${file:./warehouse.p8}' },
    role: 'ANALYST',
    warehouse: 'COMPUTE_WH',
    database: 'SHOP',
    schema: 'SALES',
  }
  const merged = (usual: object, entries: Entries): string =>
    JSON.stringify(Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, { ...usual, ...entry }])))
  const names = ['prod', ...Object.keys(further.connections)]
  return `version: 1
data: ./data
listen: ${further.listen}
issuers: ${merged(issuer, { idp: {}, ...further.issuers })}
connections: ${merged(connection, { prod: {}, ...further.connections })}
people:
  ada: {name: Ada, identities: [{issuer: idp, subject: ada}]}
  ben: {name: Ben, identities: [{issuer: idp, subject: ben}]}
access:
  - {name: analysts, when: {groups: [analysts]}, connections: ${JSON.stringify(names)}, roles: [ANALYST]}
recording: {key: '\${file:./record.key}', low_water: 1MiB, ballast: 0B}
${further.sections}`
}

function collect(lines: LogLine[]): Log {
  const note = (event: string, fields: unknown = {}): void => {
    lines.push({ event, fields })
  }
  return { info: note, warn: note, error: note }
}
