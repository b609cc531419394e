/** The tag under which a statement stands in Snowflake's own query history: the way back from there to the record. */

/** Snowflake's limit (public documentation). */
const MAX_TAG = 2000

export function queryTag(facts: {
  readonly session: string
  readonly statement: string | null
  readonly principal: string
  readonly clientTag: string | null
}): string {
  const icecore = { session: facts.session, statement: facts.statement, principal: facts.principal.slice(0, 500) }
  const bare = JSON.stringify({ icecore })
  if (facts.clientTag === null) return bare
  const full = JSON.stringify({ icecore, client: facts.clientTag })
  return full.length <= MAX_TAG ? full : bare
}
