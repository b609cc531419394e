/** Search: which scene, from one on and then from the beginning, holds a text in its SQL, its messages or its rows. */
import { type Scene, sampleRows, scenes, showCell } from '../../core/recording/index.ts'
import type { Film, Stop } from './film.ts'

/** Of the rows those that a page shows are searched. */
export interface SearchOptions {
  readonly from: Stop
  readonly rows: number
  /** Asked before each scene; it is over where this is true. */
  readonly stopped: () => boolean
}

/** Case counts only where the text has capitals. */
export async function findText(film: Film, text: string, { from, rows, stopped }: SearchOptions): Promise<Stop | null> {
  let here = false
  for (const [after, until] of [
    [from.lsn, Number.POSITIVE_INFINITY],
    [0, from.lsn],
  ] as const) {
    for await (const scene of scenes(film.reel.events(after))) {
      if (scene.lsn > until || stopped()) break
      if (!(await holds(scene, matcher(text), rows))) continue
      const stop = await stopOf(film, scene)
      // What is shown already is not what is looked for, unless it is all there is.
      if (stop?.lsn !== from.lsn) return stop
      here = true
    }
    if (stopped()) return null
  }
  return here ? from : null
}

function stopOf(film: Film, { scene, statement, lsn, ...more }: Scene): Promise<Stop | null> {
  if (statement === null) return film.at(lsn)
  const rows = scene === 'result' && 'step' in more && more.step === 'rows'
  return rows ? film.rowsOf(statement, lsn) : film.sceneOf(statement, lsn)
}

export function matcher(text: string): (value: string) => boolean {
  const exact = text !== text.toLowerCase()
  const wanted = exact ? text : text.toLowerCase()
  return (value) => (exact ? value : value.toLowerCase()).includes(wanted)
}

async function holds(scene: Scene, matches: (value: string) => boolean, limit: number): Promise<boolean> {
  switch (scene.scene) {
    case 'statement': {
      const values = Object.values(scene.facts.bindings).flatMap(({ value }) => value)
      return [scene.facts.sql, ...values].some((value) => value !== null && matches(value))
    }
    case 'hold':
      return scene.facts.reasons.some((reason) => matches(reason.text))
    case 'denial':
      return matches(`${scene.icecore ?? ''} ${scene.text}`)
    case 'error':
      return matches(`${scene.failure?.code ?? ''} ${scene.text}`)
    case 'result': {
      if (scene.step === 'completed') return matches(scene.facts.queryId)
      const types = scene.schema?.columns ?? []
      if (types.some(({ name }) => matches(name))) return true
      const sample = await sampleRows(
        { ...scene.facts, format: scene.schema?.format ?? 'json', body: scene.head },
        limit,
      )
      return sample.some((row) => row.some((cell, at) => matches(showCell(cell, types[at]?.type ?? '') ?? '')))
    }
    default:
      return false
  }
}
