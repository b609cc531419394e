import { type FileTransfer, SqlError, type StatementResult } from '../../engine.ts'
import { syntaxError } from '../errors.ts'
import { noBatches, rowsResult, type Session, type Statement, statusResult, TYPE_ID } from '../session/index.ts'
import { fixed, TEXT, toColumn } from '../types/index.ts'

const PUT = /^\s*PUT\s+('(?:[^']|'')*'|\S+)\s+('(?:[^']|'')*'|\S+)/i
const GET = /^\s*GET\s+('(?:[^']|'')*'|\S+)\s+('(?:[^']|'')*'|\S+)/i

/** `PUT` and `GET` are the driver's business: the server answers where the files are. */
export function transferFile(_session: Session, statement: Statement): StatementResult {
  const put = PUT.exec(statement.sql)
  const match = put ?? GET.exec(statement.sql)
  if (!match) throw syntaxError(statement.sql, 0, statement.sql.split(/\s/)[0] ?? '')
  const [first = '', second = ''] = match.slice(1).map(unquote)
  const transfer: FileTransfer = put
    ? { command: 'UPLOAD', localPath: localPath(first), stage: second }
    : { command: 'DOWNLOAD', localPath: localPath(second), stage: first }
  const columns = ['source', 'target', 'status'].map((name) => toColumn(name, TEXT, true))
  const statementTypeId = put ? TYPE_ID.put : TYPE_ID.get
  return { columns, batches: noBatches(), statementTypeId, numberOfBinds: 0, fileTransfer: transfer }
}

function unquote(text: string): string {
  return text.startsWith("'") ? text.slice(1, -1).replaceAll("''", "'") : text
}

function localPath(text: string): string {
  if (!/^file:\/\//i.test(text))
    throw new SqlError('001002', '42000', `SQL compilation error:\ninvalid URL prefix found in: '${text}'`)
  return text.replace(/^file:\/\//i, '')
}

/** Stages hold no files: `LIST`, `REMOVE` and `COPY` find nothing, and say so in Snowflake's form. */
export function stageCommand(statement: Statement, word: string): StatementResult {
  const number = fixed(38, 0)
  switch (word) {
    case 'LIST':
    case 'LS':
      return rowsResult(
        [
          toColumn('name', TEXT, false),
          toColumn('size', number, false),
          toColumn('md5', TEXT, true),
          toColumn('last_modified', TEXT, false),
        ],
        [],
        TYPE_ID.list,
      )
    case 'COPY':
      if (/^\s*COPY\s+INTO\s+(?:@|'(?:s3|gcs|azure):)/i.test(statement.sql)) {
        const names = ['rows_unloaded', 'input_bytes', 'output_bytes']
        return rowsResult(
          names.map((name) => toColumn(name, number, false)),
          [['0', '0', '0']],
          TYPE_ID.unload,
        )
      }
      return { ...statusResult('Copy executed with 0 files processed.', TYPE_ID.copy) }
    default:
      return rowsResult([toColumn('name', TEXT, false), toColumn('result', TEXT, false)], [], TYPE_ID.remove)
  }
}
