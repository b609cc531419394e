/** Whether Icecore can log in with each connection: tried, since nothing short of it tells. */

import type { SnowflakeConnector } from '../adapters/snowflake/index.ts'
import type { ConnectionCheckJson } from '../api-schema/index.ts'
import { isIcecoreError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { Config } from './config/index.ts'

/** Every log-in is followed by a log-out; no statement of anybody's runs in between but those that read the role back. */
export function checkConnections(
  { connections }: Config,
  upstream: SnowflakeConnector,
  tools: { readonly clock: Clock; readonly version: string },
): Promise<readonly ConnectionCheckJson[]> {
  return Promise.all(
    Object.entries(connections).map(async ([name, { role, warehouse, database, schema }]) => {
      const begun = tools.clock.monotonic()
      const login = {
        connection: name,
        role,
        warehouse: warehouse ?? null,
        database: database ?? null,
        schema: schema ?? null,
        parameters: { QUERY_TAG: '{"icecore":"doctor"}' },
        application: 'Icecore',
        applicationVersion: tools.version,
      }
      const error = await upstream.open(login).then(
        async (session) => void (await session.close()),
        (thrown: unknown) => thrown,
      )
      const durationMs = Math.round(tools.clock.monotonic() - begun)
      return { name, ...describe(error), durationMs }
    }),
  )
}

function describe(error: unknown): Pick<ConnectionCheckJson, 'error' | 'hint'> {
  if (error === undefined) return { error: null, hint: null }
  if (!isIcecoreError(error)) throw error
  const detail = error.cause instanceof Error ? ` ${error.cause.message}` : ''
  return { error: `${error.code}: ${error.message}${detail}`, hint: error.hint ?? null }
}
