/** Scenes of a session as lines of a text that runs on. Every text of the record is made safe here. */
import { isNumeric, type Scene, sampleRows, showCell } from '../../core/recording/index.ts'
import { formatBytes, formatCount, formatOffset, formatTime } from '../../lib/format.ts'
import { type Paint, renderTable, safeLine, truncate } from '../../lib/text/index.ts'
import {
  count,
  describeCompletion,
  layoutMessage,
  layoutSession,
  layoutStatement,
  type TextStyle,
} from './layout-text.ts'

export interface SceneStyle {
  readonly width: number
  readonly paint: Paint
  /** Rows of a result that are shown. */
  readonly rows: number
  /** Watched as it happens, from anywhere in the session: by the time of day, and without numbers that would be wrong. */
  readonly live?: boolean
}

const INDENT = '           '

type RowsScene = Extract<Scene, { readonly step: 'rows' }>

/** Renders scene after scene: it counts statements and remembers which results have been shown. */
export class SceneRenderer {
  readonly #style: SceneStyle
  readonly #text: TextStyle
  #statements = 0
  readonly #shown = new RecentResults()

  constructor(style: SceneStyle) {
    this.#style = style
    this.#text = { width: style.width - INDENT.length, paint: style.paint }
  }

  async render(scene: Scene): Promise<readonly string[]> {
    switch (scene.scene) {
      case 'log-in':
        return [this.#head(scene, 'log-in'), ...indent(layoutSession(scene.facts, this.#text))]
      case 'statement':
        this.#statements += 1
        return [
          '',
          this.#head(scene, this.#style.live === true ? 'statement' : `statement ${this.#statements}`),
          ...indent(layoutStatement(scene.facts, this.#text)),
        ]
      case 'hold':
        return [
          this.#head(scene, 'hold', 'yellow'),
          ...indent(scene.facts.reasons.flatMap(({ text }) => layoutMessage(text, this.#text))),
        ]
      case 'result':
        return scene.step === 'rows'
          ? this.#rows(scene)
          : [this.#head(scene, 'done', 'green', describeCompletion(scene.facts))]
      case 'denial':
        return [
          this.#head(scene, 'denied', 'red', scene.icecore ?? ''),
          ...indent(layoutMessage(scene.text, this.#text)),
        ]
      case 'error': {
        const word = scene.reason.replaceAll('_', ' ')
        return [
          this.#head(scene, word, 'red', scene.failure?.code ?? ''),
          ...indent(layoutMessage(scene.text, this.#text)),
        ]
      }
      case 'end':
        return [this.#head(scene, 'end', 'bold', scene.facts.reason)]
    }
  }

  /** `01:23.456  `, a word of ours and, cut to what is left of the line, a text from outside. */
  #head(scene: Scene, word: string, format: Parameters<Paint>[0] = 'bold', text = ''): string {
    const { paint, width } = this.#style
    const when =
      this.#style.live === true ? formatTime(scene.at).slice(-'00:00:00Z'.length) : formatOffset(scene.offsetMs)
    const time = when.padEnd(INDENT.length - 1)
    const rest = truncate(safeLine(text), width - time.length - word.length - 2)
    return `${paint('dim', time)} ${paint(format, word)}${rest === '' ? '' : ` ${rest}`}`
  }

  /** The first part with rows is a table; of the others only the size is told, since all were delivered alike. */
  async #rows(scene: RowsScene): Promise<readonly string[]> {
    const { facts, schema, bytes, head } = scene
    const { paint, rows: limit } = this.#style
    const rows = facts.rows ?? 0
    if (rows === 0) return []
    if (this.#shown.has(facts.queryId)) {
      const what = `chunk ${facts.index + 1}: ${count(rows, 'row')}, ${formatBytes(bytes)} ${facts.encoding}`
      return [this.#head(scene, what, 'dim')]
    }
    this.#shown.add(facts.queryId)
    const sample = await sampleRows({ ...facts, format: schema?.format ?? 'json', body: head }, limit)
    const named = schema?.columns ?? []
    const columns =
      named.length > 0 ? named : (sample[0] ?? []).map((_, index) => ({ name: `#${index + 1}`, type: '' }))
    const table = renderTable(
      {
        columns: columns.map(({ name, type }) => ({ name, align: isNumeric(type) ? 'right' : 'left' })),
        rows: sample.map((row) => row.map((cell, index) => showCell(cell, columns[index]?.type ?? ''))),
      },
      { width: this.#text.width, head: (text) => paint('bold', text), dim: (text) => paint('dim', text) },
    )
    const left = (schema?.total ?? rows) - sample.length
    const more = left > 0 ? [paint('dim', `… ${formatCount(left)} more ${left === 1 ? 'row' : 'rows'}`)] : []
    return [this.#head(scene, 'rows'), ...indent([...table, ...more])]
  }
}

/** Ids of the results that were shown last: a session has any number, and parts of one come close together. */
class RecentResults {
  static readonly #MOST = 10_000
  readonly #ids = new Set<string>()

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  add(id: string): void {
    this.#ids.add(id)
    if (this.#ids.size > RecentResults.#MOST) this.#ids.delete(this.#ids.values().next().value ?? id)
  }
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `${INDENT}${line}`)
}
