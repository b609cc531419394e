/** A result as a table that is looked at through a window: any number of rows, and as many columns as fit from one on. */
import { isNumeric, type Row, showCell } from '../../core/recording/index.ts'
import { displayWidth, type Paint, pad, safeLine, truncate } from '../../lib/text/index.ts'

interface Column {
  readonly name: string
  readonly type: string
  readonly width: number
}

const GAP = ' │ '
/** A value beyond this is cut where its column is not the only one that wants the room: the next columns are to be seen, too. */
const MOST_WIDTH = 40
/** Widths go by the first rows: those of later ones are cut to them. */
const MEASURED_ROWS = 200
/** No cell is looked at beyond this. */
const MOST_CHARACTERS = 2000

export class TableView {
  readonly #columns: readonly Column[]
  readonly #rows: readonly Row[]
  readonly #paint: Paint
  readonly #width: number

  constructor(
    columns: readonly { readonly name: string; readonly type: string }[],
    rows: readonly Row[],
    { paint, width }: { readonly paint: Paint; readonly width: number },
  ) {
    this.#rows = rows
    this.#paint = paint
    this.#width = width
    const measured = rows.slice(0, MEASURED_ROWS)
    const wanting = columns.map(({ name, type }, index) => {
      const title = safeLine(name.slice(0, MOST_CHARACTERS))
      const widths = measured.map((row) => displayWidth(showText(row[index], type)))
      return { name: title, type, width: Math.max(1, displayWidth(title), ...widths) }
    })
    this.#columns = shareRoom(wanting, width)
  }

  get rows(): number {
    return this.#rows.length
  }

  get columns(): number {
    return this.#columns.length
  }

  /** How many columns are in the window that begins with this one. The last may be cut, but is never only a sliver. */
  shown(first: number): number {
    let used = 0
    let fitting = 0
    for (const { width } of this.#columns.slice(first)) {
      const gap = fitting === 0 ? 0 : GAP.length
      if (fitting > 0 && used + gap + Math.min(width, 8) > this.#width) break
      used += gap + width
      fitting += 1
    }
    return fitting
  }

  /** Whether the last column is in the window that begins with this one, all of it. */
  reachesEnd(first: number): boolean {
    const widths = this.#columns.slice(first).map(({ width }) => width)
    const wanted = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length)
    return wanted <= this.#width
  }

  /** Names and a line below them. */
  head(first: number): readonly string[] {
    const columns = this.#window(first)
    const names = columns.map(({ name, width, type }) => this.#paint('bold', fit(name, width, type)))
    const line = columns.map(({ width }) => '─'.repeat(width)).join('─┼─')
    return [names.join(this.#paint('dim', GAP)), this.#paint('dim', line)]
  }

  row(at: number, first: number): string {
    const row = this.#rows[at] ?? []
    return this.#window(first)
      .map(({ width, type }, index) => {
        const cell = row[first + index]
        const text = fit(showText(cell, type), width, type)
        return cell === null || cell === undefined ? this.#paint('dim', text) : text
      })
      .join(this.#paint('dim', GAP))
  }

  #window(first: number): readonly Column[] {
    let left = this.#width
    return this.#columns.slice(first, first + this.shown(first)).map((column) => {
      const width = Math.max(1, Math.min(column.width, left))
      left -= width + GAP.length
      return { ...column, width }
    })
  }
}

/** Long values are cut, as far as the columns would not all be seen otherwise. */
function shareRoom(columns: readonly Column[], room: number): readonly Column[] {
  const cut = columns.map((column) => ({ ...column, width: Math.min(column.width, MOST_WIDTH, room) }))
  let left = room - cut.reduce((sum, { width }) => sum + width + GAP.length, -GAP.length)
  let wanting = columns.filter(({ width }, index) => width > (cut[index]?.width ?? 0)).length
  return cut.map((column, index) => {
    const more = Math.min((columns[index]?.width ?? 0) - column.width, Math.floor(left / Math.max(1, wanting)))
    if (more <= 0) return column
    left -= more
    wanting -= 1
    return { ...column, width: column.width + more }
  })
}

function showText(cell: string | null | undefined, type: string): string {
  const shown = cell === undefined ? null : showCell(cell, type)
  return shown === null ? 'NULL' : safeLine(shown.slice(0, MOST_CHARACTERS))
}

function fit(text: string, width: number, type: string): string {
  return pad(truncate(text, width), width, isNumeric(type) ? 'right' : 'left')
}
