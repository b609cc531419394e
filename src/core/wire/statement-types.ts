/**
 * `statementTypeId`: the upstream's own classification of a statement (union of JDBC's SFStatementType, .NET's enum
 * and Go's multi-statement id). Ids come in ranges of 0x1000; a range's first id is its general name.
 */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0x0000, 'UNKNOWN'],
  [0x1000, 'SELECT'],
  [0x2000, 'EXPLAIN'],
  [0x3000, 'DML'],
  [0x3100, 'INSERT'],
  [0x3200, 'UPDATE'],
  [0x3300, 'DELETE'],
  [0x3400, 'MERGE'],
  [0x3500, 'MULTI_TABLE_INSERT'],
  [0x3600, 'COPY'],
  [0x3700, 'UNLOAD'],
  [0x3800, 'RECLUSTER'],
  [0x4000, 'SCL'],
  [0x4100, 'ALTER_SESSION'],
  [0x4300, 'USE'],
  [0x4301, 'USE_DATABASE'],
  [0x4302, 'USE_SCHEMA'],
  [0x4303, 'USE_WAREHOUSE'],
  [0x4310, 'USE_DATABASE'],
  [0x4320, 'USE_SCHEMA'],
  [0x4330, 'USE_WAREHOUSE'],
  [0x4400, 'SHOW'],
  [0x4500, 'DESCRIBE'],
  [0x4701, 'LIST'],
  [0x5000, 'TCL'],
  [0x6000, 'DDL'],
  [0x6244, 'ALTER_USER_MANAGE_PATS'],
  [0x7000, 'STAGE_FILE_OPERATION'],
  [0x7101, 'GET'],
  [0x7102, 'PUT'],
  [0x7103, 'REMOVE'],
  [0x8000, 'MISC'],
  [0x8101, 'BEGIN'],
  [0x8102, 'END'],
  [0x8103, 'COMMIT'],
  [0x8104, 'SET'],
  [0x9000, 'CALL'],
  [0xa000, 'MULTI_STATEMENT'],
])

export type StatementRange =
  | 'unknown'
  | 'query'
  | 'explain'
  | 'dml'
  | 'session'
  | 'transaction'
  | 'ddl'
  | 'stage'
  | 'misc'
  | 'call'
  | 'multi'

const RANGES: readonly StatementRange[] = [
  'unknown',
  'query',
  'explain',
  'dml',
  'session',
  'transaction',
  'ddl',
  'stage',
  'misc',
  'call',
  'multi',
]

const RANGE_SIZE = 0x1000

export interface StatementType {
  readonly id: number
  readonly name: string
  readonly range: StatementRange
}

/** What an id means. An unknown id has its range's name: drivers tolerate unknown ids in the same way. */
export function statementType(id: number): StatementType {
  const first = id - (id % RANGE_SIZE)
  const range = RANGES[first / RANGE_SIZE] ?? 'unknown'
  return { id, name: NAMES.get(id) ?? NAMES.get(first) ?? 'UNKNOWN', range }
}
