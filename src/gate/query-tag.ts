/** The tag under which a statement stands in Snowflake's own query history: the way back from there to the record. */

/** Snowflake's limit (public documentation). */
const MAX_TAG = 2000
const MAX_PRINCIPAL = 500

export function queryTag(facts: {
  readonly session: string
  readonly statement: string | null
  readonly principal: string
  readonly head: string
  readonly clientTag: string | null
}): string {
  const { session, statement, head } = facts
  const icecore = { session, statement, principal: facts.principal.slice(0, MAX_PRINCIPAL), head }
  const bare = JSON.stringify({ icecore })
  if (facts.clientTag === null) return bare
  const full = JSON.stringify({ icecore, client: facts.clientTag })
  return full.length <= MAX_TAG ? full : bare
}
