/** `replay --export`: the session as a file that others play. */
import type { SessionSummary } from '../../adapters/store/index.ts'
import { type Scene, type StoredEvent, scenes } from '../../core/recording/index.ts'
import { formatDuration, formatTime } from '../../lib/format.ts'
import { alwaysPaint, safeLine } from '../../lib/text/index.ts'
import {
  type CastFrame,
  encodeAsciicast,
  encodeHtml,
  SceneShower,
  type ShownScene,
} from '../../services/export/index.ts'
import { SceneRenderer } from './render-scene.ts'

export const EXPORT_FORMS = ['asciicast', 'html'] as const
export type ExportForm = (typeof EXPORT_FORMS)[number]

export interface ExportOptions {
  readonly form: ExportForm
  readonly columns: number
  readonly idleMs: number
  /** Rows of a result. */
  readonly rows: number
}

const CAST_ROWS = 30

/** The file, piece by piece: memory does not grow with the session. */
export function exportSession(
  session: SessionSummary,
  events: AsyncIterable<StoredEvent>,
  options: ExportOptions,
): AsyncGenerator<string> {
  const { form, columns, idleMs, rows } = options
  const title = safeLine(
    `${session.principal_name} · ${session.connection} · ${formatTime(session.opened_at)} · session ${session.id}`,
  )
  if (form === 'html') return encodeHtml({ title, idleMs }, shownScenes(events, rows))
  const startedAt = session.opened_at
  return encodeAsciicast({ columns, rows: CAST_ROWS, title, startedAt, idleMs }, frames(events, options))
}

async function* shownScenes(events: AsyncIterable<StoredEvent>, rows: number): AsyncGenerator<ShownScene> {
  const shower = new SceneShower(rows)
  for await (const scene of scenes(events)) {
    const shown = await shower.show(scene)
    if (shown !== null) yield shown
  }
}

async function* frames(
  events: AsyncIterable<StoredEvent>,
  { columns, rows, idleMs }: ExportOptions,
): AsyncGenerator<CastFrame> {
  const renderer = new SceneRenderer({ width: columns, rows, paint: alwaysPaint })
  let last = 0
  let statements = 0
  for await (const scene of scenes(events)) {
    const gap = scene.offsetMs - last
    last = scene.offsetMs
    if (scene.scene === 'statement') statements += 1
    const idle = gap > idleMs ? [alwaysPaint('dim', `           … ${formatDuration(gap)} idle`)] : []
    const lines = [...idle, ...(await renderer.render(scene))]
    yield { offsetMs: scene.offsetMs, lines, marker: nameMarker(scene, statements) }
  }
}

/** A player goes from marker to marker: statements, and what went wrong. */
function nameMarker(scene: Scene, statements: number): string | null {
  if (scene.scene === 'statement') return `statement ${statements}`
  if (scene.scene === 'denial') return safeLine(`denied ${scene.icecore ?? ''}`.trim())
  if (scene.scene === 'error')
    return safeLine(`${scene.reason.replaceAll('_', ' ')} ${scene.failure?.code ?? ''}`.trim())
  return null
}
