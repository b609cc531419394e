/** Result chunks as cloud storage holds them, made once: rows of ten columns like those of an ordinary sales table. */
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { writeArrowRows } from '../../emulator/index.ts'

const compress = promisify(gzip)

export interface PreparedChunk {
  readonly rows: number
  readonly gzip: Buffer
  readonly plainBytes: number
}

/** About 15 MB unpacked, as Snowflake's larger chunks are. */
export const ROWS_PER_CHUNK = 100_000

/**
 * Stands in the answer itself, before the chunks: Snowflake's answers begin with rows. Without any, Python 4.8.1 may wait
 * for itself for ever when its first chunks come at the same time (`call_once` around a call that needs the GIL, in
 * nanoarrow_cpp/Logging/logging.cpp).
 */
export const INLINE_ROWS: readonly (readonly (string | null)[])[] = [
  ['0', 'Ada Lovelace', 'ada@example.org', '+41 1', '1.00', '18262', null, 'CH', 'OPEN', 'the first'],
]

export type ChunkFormat = 'json' | 'arrow'

export interface BenchColumn {
  readonly name: string
  readonly type: string
  readonly scale?: number
}

export const COLUMNS: readonly BenchColumn[] = [
  { name: 'ID', type: 'fixed', scale: 0 },
  { name: 'CUSTOMER', type: 'text' },
  { name: 'EMAIL', type: 'text' },
  { name: 'PHONE', type: 'text' },
  { name: 'AMOUNT', type: 'fixed', scale: 2 },
  { name: 'ORDERED', type: 'date' },
  { name: 'SHIPPED', type: 'timestamp_ntz', scale: 9 },
  { name: 'COUNTRY', type: 'text' },
  { name: 'STATUS', type: 'text' },
  { name: 'NOTE', type: 'text' },
]

const FIRST = ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Donald', 'Frances', 'Tony', 'Radia', 'Leslie']
const LAST = ['Lovelace', 'Hopper', 'Turing', 'Dijkstra', 'Liskov', 'Knuth', 'Allen', 'Hoare', 'Perlman', 'Lamport']
const COUNTRIES = ['CH', 'DE', 'FR', 'GB', 'IT', 'JP', 'NO', 'US']
const STATUSES = ['OPEN', 'PAID', 'SHIPPED', 'RETURNED']
const FIRST_DAY = 18_262
const DAY_SECONDS = 86_400

/** Different chunks, each of ROWS_PER_CHUNK rows; the same every time. */
export async function prepareChunks(count: number, format: ChunkFormat): Promise<readonly PreparedChunk[]> {
  const random = pseudoRandom()
  const chunks: PreparedChunk[] = []
  for (let index = 0; index < count; index += 1) {
    const rows = Array.from({ length: ROWS_PER_CHUNK }, (_, row) => makeRow(index * ROWS_PER_CHUNK + row, random))
    const plain = format === 'arrow' ? writeArrowRows(COLUMNS.map(describeColumn), rows, []) : writeJsonRows(rows)
    chunks.push({ rows: ROWS_PER_CHUNK, gzip: await compress(plain, { level: 6 }), plainBytes: plain.length })
  }
  return chunks
}

function writeJsonRows(rows: readonly (readonly (string | null)[])[]): Buffer {
  return Buffer.from(rows.map((row) => JSON.stringify(row)).join(','))
}

/** As `rowtype` and the fields of an Arrow schema say it. */
export function describeColumn({ name, type, scale }: BenchColumn) {
  return {
    name,
    database: '',
    schema: '',
    table: '',
    type,
    length: type === 'text' ? 16_777_216 : null,
    precision: type === 'fixed' ? 38 : scale === undefined ? null : 0,
    scale: scale ?? null,
    nullable: true,
    byteLength: type === 'text' ? 16_777_216 : null,
    collation: null,
  }
}

/** A row as Snowflake writes it: every value a string, or null. */
function makeRow(id: number, random: () => number): readonly (string | null)[] {
  const pick = (values: readonly string[]): string => values[random() % values.length] ?? ''
  const [first, last] = [pick(FIRST), pick(LAST)]
  const day = FIRST_DAY + (random() % 2000)
  return [
    String(id),
    `${first} ${last}`,
    `${first}.${last}${random() % 100_000}@example.org`.toLowerCase(),
    `+41 ${random() % 100} ${random() % 10_000_000}`,
    `${random() % 5000}.${String(random() % 100).padStart(2, '0')}`,
    String(day),
    random() % 10 === 0 ? null : `${day * DAY_SECONDS + (random() % DAY_SECONDS)}.000000000`,
    pick(COUNTRIES),
    pick(STATUSES),
    `order ${random().toString(36)} says "thank you"`,
  ]
}

/** Numerical Recipes' linear congruential generator; its upper bits, since the lower ones hardly vary. */
function pseudoRandom(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  }
}
