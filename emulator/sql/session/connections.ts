import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'

/** Connections to DuckDB, kept for reuse: one streams one result at a time. */
export class Connections {
  readonly #instance: DuckDBInstance
  readonly #idle: DuckDBConnection[] = []
  readonly #timeZones = new WeakMap<DuckDBConnection, string>()

  constructor(instance: DuckDBInstance) {
    this.#instance = instance
  }

  async take(timeZone: string): Promise<DuckDBConnection> {
    const connection = this.#idle.pop() ?? (await this.#instance.connect())
    await this.setTimeZone(connection, timeZone)
    return connection
  }

  async setTimeZone(connection: DuckDBConnection, timeZone: string): Promise<void> {
    if (this.#timeZones.get(connection) === timeZone) return
    await connection.run(`SET TimeZone = '${timeZone.replaceAll("'", "''")}'`)
    this.#timeZones.set(connection, timeZone)
  }

  give(connection: DuckDBConnection): void {
    if (this.#idle.length < 8) this.#idle.push(connection)
    else connection.closeSync()
  }

  closeAll(): void {
    for (const connection of this.#idle.splice(0)) connection.closeSync()
  }
}
