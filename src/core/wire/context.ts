/** What a session works in, as the upstream reports it. Null where nothing is selected. */
export interface Context {
  readonly role: string | null
  readonly warehouse: string | null
  readonly database: string | null
  readonly schema: string | null
}
