import type { Principal } from './principal.ts'

/** Icecore itself, in sessions of its own. */
export interface IcecorePrincipal extends Omit<Principal, 'token'> {
  readonly token: null
}

/** Whoever a session can belong to. */
export type SessionPrincipal = Principal | IcecorePrincipal

/**
 * No token stands for it, and none can: every id that is made of a token has a form with a colon (principal-id.ts). No
 * access rule names it, and none is asked.
 */
export const ICECORE: IcecorePrincipal = {
  id: 'icecore',
  displayName: 'icecore',
  human: null,
  agent: null,
  workload: null,
  delegation: [],
  groups: { status: 'known', names: [] },
  token: null,
  claims: {},
}
