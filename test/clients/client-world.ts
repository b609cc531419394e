/** What one client is let loose on: a warehouse, an issuer, the gateway as a process of its own, and a wire to it. */
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { JournalReader } from '../../src/adapters/journal/index.ts'
import { loadKek } from '../../src/adapters/secrets/index.ts'
import { recordFolders } from '../../src/adapters/store/index.ts'
import type { RecordedEvent } from '../../src/core/recording/index.ts'
import { TestAuthority } from '../support/certificates.ts'
import { freePort, GatewayProcess } from '../support/gateway-process.ts'
import { makeWorld, removeWorld, type TestWorld } from '../support/test-gateway.ts'
import { Wire } from './wire.ts'

/** Logs in at the warehouse without Icecore, for what must be the same both ways. */
export const DIRECT_USER = { name: 'DIRECT', password: 'direct-password' }

export type Authority = 'trusted' | 'stranger'

export class ClientWorld {
  readonly #world: TestWorld
  readonly #gateway: GatewayProcess
  readonly #folder: string
  readonly wire: Wire
  /** Of the listener with TLS. */
  readonly tlsUrl: string

  private constructor(
    world: TestWorld,
    gateway: GatewayProcess,
    parts: { readonly wire: Wire; readonly tlsUrl: string },
  ) {
    this.#world = world
    this.#gateway = gateway
    this.#folder = world.folder
    this.wire = parts.wire
    this.tlsUrl = parts.tlsUrl
  }

  /** `config`: further sections of the configuration, as YAML. */
  static async start(config: string): Promise<ClientWorld> {
    const [port, tlsPort] = [await freePort(), await freePort()]
    const world = await makeWorld({
      config,
      listen: (folder) => writeListeners(folder, port, tlsPort),
      users: [{ ...DIRECT_USER, roles: ['ANALYST'], defaultRole: 'ANALYST', defaultWarehouse: 'COMPUTE_WH' }],
    })
    const gateway = new GatewayProcess(world.config)
    await gateway.start()
    const wire = await Wire.start(() => gateway.url)
    return new ClientWorld(world, gateway, { wire, tlsUrl: `https://127.0.0.1:${tlsPort}` })
  }

  get emulator(): TestWorld['emulator'] {
    return this.#world.emulator
  }

  get gatewayUrl(): string {
    return this.#gateway.url
  }

  /** PEM file of the authority that signed the gateway's certificate, or of one that did not. */
  authorityFile(authority: Authority): string {
    return join(this.#folder, `${authority}.pem`)
  }

  /** A token of the issuer: `ada` is an analyst, `ben` too, and `eve` nobody in particular. */
  token(person: 'ada' | 'ben' | 'eve', claims: Readonly<Record<string, unknown>> = {}): string {
    return this.#world.idp.mint({ sub: person, groups: person === 'eve' ? [] : ['analysts'], ...claims })
  }

  async kill(): Promise<void> {
    await this.#gateway.stop('SIGKILL')
  }

  async start(): Promise<void> {
    await this.#gateway.start()
  }

  /** From now on not one byte more can be written to a file by the gateway (EFBIG). A new process is free of it. */
  stopRecording(): void {
    execFileSync('prlimit', ['--pid', String(this.#gateway.pid), '--fsize=0:0'], { stdio: 'pipe' })
  }

  /** Everything on record, in order. */
  async events(): Promise<readonly RecordedEvent[]> {
    const kek = await loadKek(`\${file:${join(this.#folder, 'record.key')}}`, { environment: {} })
    const reader = new JournalReader({ folder: recordFolders(join(this.#folder, 'data')).journal, kek })
    const events: RecordedEvent[] = []
    for await (const { event } of reader.read()) if (event.type !== 'opaque') events.push(event)
    return events
  }

  async close(): Promise<void> {
    await this.wire.close()
    await this.#gateway.stop('SIGKILL')
    await removeWorld(this.#world)
  }
}

async function writeListeners(folder: string, port: number, tlsPort: number): Promise<string> {
  const trusted = new TestAuthority('Icecore clients')
  const { cert, key } = trusted.issue()
  await writeFile(join(folder, 'trusted.pem'), trusted.pem)
  await writeFile(join(folder, 'stranger.pem'), new TestAuthority('Somebody else').pem)
  await writeFile(join(folder, 'server.pem'), cert)
  await writeFile(join(folder, 'server.key'), key, { mode: 0o600 })
  return JSON.stringify({
    driver: [{ port }, { port: tlsPort, tls: { certificate: 'server.pem', private_key: '${file:server.key}' } }],
    ops: { port: 0 },
  })
}
