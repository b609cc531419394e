/** The gateway as a process of its own, between an issuer and the stub: what a fuzz run needs around it. */
import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createKeyFile } from '../../src/adapters/secrets/index.ts'
import { GatewayProcess } from '../support/gateway-process.ts'
import { TestIdp } from '../support/test-idp.ts'
import { StubUpstream } from './stub-upstream.ts'

const COMMAND = fileURLToPath(new URL('../../bin/icecore.js', import.meta.url))
const run = promisify(execFile)

export interface OpenCounts {
  readonly sessions: number
  readonly statements: number
}

export class FuzzWorld {
  readonly upstream: StubUpstream
  readonly idp: TestIdp
  readonly gateway: GatewayProcess
  readonly folder: string
  readonly #config: string

  private constructor(parts: Pick<FuzzWorld, 'upstream' | 'idp' | 'gateway' | 'folder'>, config: string) {
    this.upstream = parts.upstream
    this.idp = parts.idp
    this.gateway = parts.gateway
    this.folder = parts.folder
    this.#config = config
  }

  static async start(): Promise<FuzzWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'icecore-fuzz-'))
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    await createKeyFile(join(folder, 'record.key'))
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
    await writeFile(join(folder, 'warehouse.p8'), pem, { mode: 0o600 })
    const upstream = await StubUpstream.start()
    const idp = await TestIdp.start()
    const config = join(folder, 'icecore.yaml')
    await writeFile(config, configText(upstream.url, idp.issuer))
    const world = new FuzzWorld({ upstream, idp, gateway: new GatewayProcess(config), folder }, config)
    try {
      await world.gateway.start()
      return world
    } catch (error) {
      await world.close()
      throw error
    }
  }

  mint(person: string): string {
    return this.idp.mint({ sub: person, groups: ['analysts'] })
  }

  /** What the gateway itself counts. */
  async open(): Promise<OpenCounts> {
    const { stdout } = await run(process.execPath, [COMMAND, 'status', '--config', this.#config, '--json'])
    const { sessions } = JSON.parse(stdout) as { sessions: { open: number; openStatements: number } }
    return { sessions: sessions.open, statements: sessions.openStatements }
  }

  /** Bytes of memory that the gateway's process takes. */
  async memory(): Promise<number> {
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(this.gateway.pid)])
    return Number(stdout.trim()) * 1024
  }

  async close(): Promise<void> {
    await this.gateway.stop('SIGKILL')
    await this.upstream.close()
    await this.idp.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** YAML takes JSON for what it is. */
function configText(upstream: string, issuer: string): string {
  return JSON.stringify({
    version: 1,
    data: './data',
    listen: { driver: { port: 0 }, ops: { port: 0 } },
    issuers: { idp: { issuer, audiences: ['icecore'], proves: 'human', groups: { claim: 'groups', required: false } } },
    connections: {
      prod: {
        url: upstream,
        account: 'STUB',
        user: 'ICECORE',
        credential: { type: 'key_pair', private_key: '${file:./warehouse.p8}' },
        role: 'ANALYST',
        warehouse: 'COMPUTE_WH',
        database: 'SHOP',
        schema: 'SALES',
      },
    },
    people: {
      ada: { name: 'Ada', identities: [{ issuer: 'idp', subject: 'ada' }] },
      ben: { name: 'Ben', identities: [{ issuer: 'idp', subject: 'ben' }] },
    },
    access: [{ name: 'analysts', when: { groups: ['analysts'] }, connections: ['prod'], roles: ['ANALYST'] }],
    recording: { key: '${file:./record.key}', low_water: '1MiB', ballast: '0B' },
    limits: {
      request_body: '1MiB',
      decompressed_body: '2MiB',
      hold: '2s',
      sessions: 100_000,
      sessions_per_principal: 100_000,
    },
  })
}
