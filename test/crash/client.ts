/** What a client of the crash test does, and what it remembers. */

export type Kind = 'read' | 'write' | 'state'

/** What a client was told of a statement. */
export interface Told {
  /** Stands in the statement's text, and in no other's. */
  readonly marker: string
  readonly kind: Kind
  readonly outcome: 'acknowledged' | 'unknown' | 'failed'
  /** SHA-256 of the body with the rows, hex; null where the client does not see it. */
  readonly sha256: string | null
  readonly message: string
}

export interface Client {
  readonly told: readonly Told[]
  /** The longest that one request went without an answer, milliseconds. */
  readonly longestMs: number
  run(signal: AbortSignal): Promise<void>
}

export interface ChosenStatement {
  readonly marker: string
  readonly kind: Kind
  readonly sql: string
}

export function chooseStatement(client: string, number: number, random: () => number): ChosenStatement {
  const marker = `${client}_${number}`
  const kind = (['read', 'read', 'write', 'state'] as const)[Math.floor(random() * 4)] ?? 'read'
  const sql = {
    read: `SELECT '${marker}' AS M, SYSTEM$WAIT(${(random() * 0.05).toFixed(3)}) AS W`,
    write: `INSERT INTO CRASH_MARKS VALUES ('${marker}')`,
    state: `SET LAST_MARK = '${marker}'`,
  }[kind]
  return { marker, kind, sql }
}
