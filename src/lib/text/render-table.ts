import { displayWidth, pad, truncate } from './display-width.ts'
import { safeLine } from './safe-text.ts'

export interface TableColumn {
  readonly name: string
  readonly align?: 'left' | 'right'
  /** Cut last of all: part of a time or of an id is of no use. */
  readonly whole?: boolean
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
  /** Colours a cell by its text, as it is shown, and its column. NULL is dimmed in any case. */
  readonly cell?: (text: string, column: number) => string
}

const GAP = ' │ '
/** A column that wants more gets at least this much: further columns are left out, and counted. */
const FAIR_WIDTH = 8
/** What a column that is to stay whole leaves to each of the others. */
const LEAST_WIDTH = 4
/** No cell is looked at beyond this: a value of megabytes is cut before it is measured. */
const MOST_CHARACTERS = 2000

/** Lines of a table that is never wider than asked. */
export function renderTable(table: Table, style: TableStyle): readonly string[] {
  const same = (text: string): string => text
  const { head = same, dim = same, cell = same } = style
  const names = table.columns.map(({ name }) => safeLine(name.slice(0, MOST_CHARACTERS)))
  const rows = table.rows.map((row) => table.columns.map((_, index) => showCell(row[index])))
  const wanted = table.columns.map((_, index) =>
    Math.max(1, displayWidth(names[index]!), ...rows.map((row) => displayWidth(row[index]!))),
  )
  const fitting = countFitting(wanted, style.width)
  const left = table.columns.length - fitting
  const columns = table.columns.slice(0, fitting)
  const widths = shareWidth(wanted.slice(0, fitting), columns, style.width - GAP.length * (fitting - 1))
  const line = (cells: readonly string[], paint: (text: string, column: number) => string): string =>
    cells
      .map((cell, index) => paint(pad(truncate(cell, widths[index]!), widths[index]!, columns[index]!.align), index))
      .join(dim(GAP))
      .trimEnd()
  return [
    line(names.slice(0, fitting), head),
    dim(widths.map((width) => '─'.repeat(width)).join('─┼─')),
    ...rows.map((row, at) =>
      line(row.slice(0, fitting), (text, index) => (table.rows[at]?.[index] === null ? dim(text) : cell(text, index))),
    ),
    ...(left === 0
      ? []
      : [dim(truncate(`… ${left.toLocaleString('en')} more ${left === 1 ? 'column' : 'columns'}`, style.width))]),
  ]
}

function showCell(value: string | null | undefined): string {
  return value === null || value === undefined ? 'NULL' : safeLine(value.slice(0, MOST_CHARACTERS))
}

function countFitting(wanted: readonly number[], available: number): number {
  let used = 0
  const tooMuch = wanted.findIndex((width, index) => {
    used += Math.min(width, FAIR_WIDTH) + (index === 0 ? 0 : GAP.length)
    return used > available
  })
  return tooMuch === -1 ? wanted.length : Math.max(1, tooMuch)
}

/** Takes from the widest columns until all fit, and from those that are to stay whole only when nothing else is left. */
function shareWidth(wanted: readonly number[], columns: readonly TableColumn[], available: number): readonly number[] {
  const isWhole = (index: number): boolean => columns[index]?.whole === true
  const inOrder = wanted
    .map((_, index) => index)
    .sort((a, b) => Number(isWhole(b)) - Number(isWhole(a)) || wanted[a]! - wanted[b]!)
  const widths = [...wanted]
  let left = available
  for (const [done, index] of inOrder.entries()) {
    const others = inOrder.length - done - 1
    const share = isWhole(index) ? left - others * LEAST_WIDTH : Math.floor(left / (others + 1))
    widths[index] = Math.max(1, Math.min(wanted[index]!, share))
    left -= widths[index]!
  }
  return widths
}
