/** Whether Icecore can log in with each connection: tried, since nothing short of it tells. */
import type { ConnectionCheckJson } from '../api-schema/index.ts'
import { isIcecoreError } from '../errors.ts'
import type { OwnSession, OwnSessions } from '../gate/index.ts'
import type { Clock } from '../lib/clock.ts'

/** Shows that statements run, and as whom. */
const WHO = 'SELECT CURRENT_USER(), CURRENT_ROLE(), CURRENT_WAREHOUSE()'

/** A session of Icecore's own for each, with one statement in it, on record as any other. */
export function checkConnections(
  names: readonly string[],
  own: OwnSessions,
  clock: Clock,
): Promise<readonly ConnectionCheckJson[]> {
  return Promise.all(
    names.map(async (name) => {
      const begun = clock.monotonic()
      const found = await own.use(name, 'doctor', ask).catch((error: unknown) => ({ ...NOBODY, ...describe(error) }))
      return { name, ...found, durationMs: Math.round(clock.monotonic() - begun) }
    }),
  )
}

type Found = Omit<ConnectionCheckJson, 'name' | 'durationMs'>

const NOBODY = { session: null, user: null, role: null, warehouse: null } as const

async function ask(session: OwnSession): Promise<Found> {
  const { rows, failure } = await session.query(WHO)
  if (failure !== null) {
    const [message] = failure.message.split('\n')
    return { ...NOBODY, session: session.id, error: `${WHO}: ${failure.code} ${message}`, hint: null }
  }
  const [[user = null, role = null, warehouse = null] = []] = rows
  return { session: session.id, user, role, warehouse, error: null, hint: null }
}

function describe(error: unknown): Pick<ConnectionCheckJson, 'error' | 'hint'> {
  if (!isIcecoreError(error)) throw error
  const detail = error.cause instanceof Error ? ` ${error.cause.message}` : ''
  return { error: `${error.code}: ${error.message}${detail}`, hint: error.hint ?? null }
}
