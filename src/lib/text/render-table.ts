import { displayWidth, pad, truncate } from './display-width.ts'
import { safeLine } from './safe-text.ts'

export interface TableColumn {
  readonly name: string
  readonly align?: 'left' | 'right'
}

export interface Table {
  readonly columns: readonly TableColumn[]
  /** Null is shown as NULL. Cells are outside text: this is where they are made safe. */
  readonly rows: readonly (readonly (string | null)[])[]
}

export interface TableStyle {
  /** Columns of the terminal that the table may take. */
  readonly width: number
  readonly head?: (text: string) => string
  readonly dim?: (text: string) => string
}

const GAP = ' │ '
/** Narrower columns say nothing; what does not fit at this width is left out and counted. */
const LEAST_WIDTH = 4
/** No cell is looked at beyond this: a value of megabytes is cut before it is measured. */
const MOST_CHARACTERS = 2000

/** Lines of a table that is never wider than asked. */
export function renderTable(table: Table, style: TableStyle): readonly string[] {
  const { head = (text: string) => text, dim = (text: string) => text } = style
  const fitting = Math.max(1, Math.floor((style.width + GAP.length) / (LEAST_WIDTH + GAP.length)))
  const columns = table.columns.slice(0, fitting)
  const left = table.columns.length - columns.length
  const names = columns.map(({ name }) => safeLine(name.slice(0, MOST_CHARACTERS)))
  const rows = table.rows.map((row) => columns.map((_, index) => showCell(row[index])))
  const wanted = columns.map((_, index) =>
    Math.max(1, displayWidth(names[index]!), ...rows.map((row) => displayWidth(row[index]!))),
  )
  const widths = shareWidth(wanted, style.width - GAP.length * (columns.length - 1))
  const line = (cells: readonly string[], paint: (text: string, column: number) => string): string =>
    cells
      .map((cell, index) => paint(pad(truncate(cell, widths[index]!), widths[index]!, columns[index]!.align), index))
      .join(dim(GAP))
      .trimEnd()
  return [
    line(names, head),
    dim(widths.map((width) => '─'.repeat(width)).join('─┼─')),
    ...rows.map((row, at) => line(row, (text, index) => (table.rows[at]?.[index] === null ? dim(text) : text))),
    ...(left === 0 ? [] : [dim(truncate(`… ${left.toLocaleString('en')} more columns`, style.width))]),
  ]
}

function showCell(value: string | null | undefined): string {
  return value === null || value === undefined ? 'NULL' : safeLine(value.slice(0, MOST_CHARACTERS))
}

/** Takes from the widest columns until all fit: narrow ones stay whole as long as possible. */
function shareWidth(wanted: readonly number[], available: number): readonly number[] {
  const byWidth = wanted.map((_, index) => index).sort((a, b) => wanted[a]! - wanted[b]!)
  const widths = [...wanted]
  let left = available
  for (const [done, index] of byWidth.entries()) {
    const share = Math.max(1, Math.floor(left / (byWidth.length - done)))
    widths[index] = Math.min(wanted[index]!, share)
    left -= widths[index]!
  }
  return widths
}
