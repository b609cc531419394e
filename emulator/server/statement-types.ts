/** `statementTypeId` (driver-protocol.md#statement-types): Snowflake's own classification of a statement. */

export const MULTI_STATEMENT_TYPE = 0xa000
export const SELECT_TYPE = 0x1000
const INSERT_TYPE = 0x3100
const PUT_TYPE = 0x7102
const GET_TYPE = 0x7101

const NAMES: ReadonlyMap<number, string> = new Map([
  [SELECT_TYPE, 'SELECT'],
  [0x2000, 'EXPLAIN'],
  [0x3000, 'DML'],
  [INSERT_TYPE, 'INSERT'],
  [0x3200, 'UPDATE'],
  [0x3300, 'DELETE'],
  [0x3400, 'MERGE'],
  [0x3500, 'MULTI_TABLE_INSERT'],
  [0x3600, 'COPY'],
  [0x3700, 'UNLOAD'],
  [0x4100, 'ALTER_SESSION'],
  [0x4300, 'USE'],
  [0x4400, 'SHOW'],
  [0x4500, 'DESCRIBE'],
  [0x4701, 'LIST_FILES'],
  [PUT_TYPE, 'PUT_FILES'],
  [GET_TYPE, 'GET_FILES'],
  [0x7103, 'REMOVE_FILES'],
  [0x9000, 'CALL'],
  [MULTI_STATEMENT_TYPE, 'MULTI_STATEMENT'],
])

/** The name in the query history; by the first word of the text where the id says too little. */
export function statementName(statementTypeId: number | null, sqlText: string): string {
  const byId = statementTypeId === null ? undefined : NAMES.get(statementTypeId)
  return byId ?? /[a-z]+/i.exec(sqlText)?.[0].toUpperCase() ?? 'UNKNOWN'
}

export function takesArrayBinds(statementTypeId: number): boolean {
  return statementTypeId >= 0x3000 && statementTypeId <= 0x3500
}

export function fileTransferType(command: 'UPLOAD' | 'DOWNLOAD'): number {
  return command === 'UPLOAD' ? PUT_TYPE : GET_TYPE
}
