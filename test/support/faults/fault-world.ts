/** A gateway process under faults, with an account of what was let through: by the client, the warehouse and the record. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayProcess } from '../gateway-process.ts'
import { type DriverError, NodeDriver } from '../node-driver.ts'
import { makeWorld, recordedEvents, removeWorld, type TestWorld } from '../test-gateway.ts'
import { until } from '../until.ts'
import type { FaultySystem } from './faulty-system.ts'

const ADA = { sub: 'ada', groups: ['analysts'] }
const MARKER = /'(mark\d+)'/

export interface Asked {
  readonly marker: string
  /** Null when rows came. */
  readonly error: DriverError | null
}

export interface FaultWorldOptions {
  /** Makes the data folder what it is to be. */
  readonly prepare?: (data: string) => Promise<void>
  /** Parts of the configuration, and what stands in their place. */
  readonly config?: Readonly<Record<string, string>>
}

export class FaultWorld {
  readonly system: FaultySystem
  readonly world: TestWorld
  readonly gateway: GatewayProcess
  readonly data: string
  readonly #delivered = new Set<string>()
  #asked = 0

  private constructor(system: FaultySystem, world: TestWorld) {
    this.system = system
    this.world = world
    this.data = join(world.folder, 'data')
    const env = system.unavailable === false ? system.environment(join(this.data, 'journal')) : process.env
    this.gateway = new GatewayProcess(world.config, { env })
  }

  static async start(system: FaultySystem, { config = {}, prepare }: FaultWorldOptions = {}): Promise<FaultWorld> {
    const world = await makeWorld()
    const text = await readFile(world.config, 'utf8')
    const changed = Object.entries(config).reduce((before, [from, to]) => before.replace(from, to), text)
    await writeFile(world.config, changed)
    const started = new FaultWorld(system, world)
    try {
      await prepare?.(started.data)
      await started.gateway.start()
      return started
    } catch (error) {
      await started.close()
      throw error
    }
  }

  connect(): Promise<NodeDriver> {
    const { idp } = this.world
    return NodeDriver.connect({ accessUrl: this.gateway.url, token: idp.mint(ADA), sfRetryMaxLoginRetries: 1 })
  }

  /** A token that a log-in takes. */
  mint(): string {
    return this.world.idp.mint(ADA)
  }

  /** Runs a statement of its own, with `SYSTEM$WAIT(seconds)` in it where there are any. */
  async ask(driver: NodeDriver, { wait = 0, rows = 1 } = {}): Promise<Asked> {
    const marker = this.nextMarker()
    const columns = wait > 0 ? `SYSTEM$WAIT(${wait}) AS W, ` : ''
    const from = rows > 1 ? `, RANDSTR(200, RANDOM()) AS T FROM TABLE(GENERATOR(ROWCOUNT => ${rows}))` : ''
    return driver.query(`SELECT ${columns}'${marker}' AS M${from}`).then(
      (found) => {
        assert.equal(found[0]?.M, marker)
        this.#delivered.add(marker)
        return { marker, error: null }
      },
      (error: DriverError) => ({ marker, error }),
    )
  }

  nextMarker(): string {
    this.#asked += 1
    return `mark${this.#asked}`
  }

  /** The marker of the statement that is asked last. */
  get lastMarker(): string {
    return `mark${this.#asked}`
  }

  reached(marker: string): boolean {
    return this.#ran().includes(marker)
  }

  async readiness(): Promise<{ readonly ready: boolean; readonly reasons: readonly string[] }> {
    return (await (await fetch(`${this.gateway.opsUrl}/readyz`)).json()) as never
  }

  /** The journal looks again by itself every 5 s: so much time is let pass until it says that it can be written again. */
  async recover(): Promise<void> {
    await this.system.heal()
    await until(async () => {
      await this.system.pass(5_000)
      return (await this.readiness()).ready
    })
  }

  events(): ReturnType<typeof recordedEvents> {
    return recordedEvents(this.world)
  }

  /** What reached the warehouse had been recorded as sent, and every row that came was on record before. */
  async assertRecorded(): Promise<void> {
    const events = await this.events()
    const markers = new Map<string | undefined, string>()
    const sent = new Set<string>()
    const rows = new Set<string>()
    for (const event of events) {
      if (event.type === 'statement.received') markers.set(event.statement, MARKER.exec(event.facts.sql)?.[1] ?? '')
      const marker = markers.get(event.statement) ?? ''
      if (event.type === 'statement.sent') sent.add(marker)
      if (event.type === 'result.batch' && Buffer.from(event.body ?? []).includes(`"${marker}"`)) rows.add(marker)
    }
    assert.deepEqual(
      this.#ran().filter((marker) => !sent.has(marker)),
      [],
      'sent and not on record',
    )
    assert.deepEqual(
      [...this.#delivered].filter((marker) => !rows.has(marker)),
      [],
      'delivered and not on record',
    )
    assert.ok(this.#delivered.size > 0, 'nothing was delivered at all')
  }

  async close(): Promise<void> {
    await this.gateway.stop('SIGKILL')
    await removeWorld(this.world)
  }

  #ran(): readonly string[] {
    return this.world.emulator.inspect
      .statements()
      .filter(({ queryTag }) => queryTag.includes('"statement":"'))
      .flatMap(({ sqlText }) => MARKER.exec(sqlText)?.[1] ?? [])
  }
}
