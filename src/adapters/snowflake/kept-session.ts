/** A session at the upstream as it is kept for another process: sealed by whoever stores it. */
import type { Context, ParameterValue } from '../../core/wire/index.ts'
import { IcecoreError } from '../../errors.ts'
import { Secret } from '../../lib/secret.ts'

export interface KeptSession {
  readonly target: SessionTarget
  readonly id: string
  readonly context: Context
  readonly parameters: ReadonlyMap<string, ParameterValue>
  readonly serverVersion: string
  readonly token: Secret
  readonly masterToken: Secret
}

/** Whose session it is: its tokens go nowhere else, whatever a connection of the same name says by now. */
export interface SessionTarget {
  readonly url: string
  readonly account: string
  readonly user: string
}

/** What is kept by another version in another form is no session here. */
const FORM = 2

interface Written extends Omit<KeptSession, 'parameters' | 'token' | 'masterToken'> {
  readonly form: typeof FORM
  readonly parameters: readonly (readonly [string, ParameterValue])[]
  readonly token: string
  readonly masterToken: string
}

export function writeKeptSession({ parameters, token, masterToken, ...facts }: KeptSession): Secret {
  const written: Written = {
    form: FORM,
    ...facts,
    parameters: [...parameters],
    token: token.reveal(),
    masterToken: masterToken.reveal(),
  }
  return new Secret(JSON.stringify(written))
}

/** Throws ICE_UPSTREAM_SESSION_LOST for another form, and for a session of another target. The text was written here, and its seal says that nobody changed it. */
export function readKeptSession(kept: Secret, target: SessionTarget): KeptSession {
  const { form, parameters, token, masterToken, ...facts } = JSON.parse(kept.reveal()) as Written
  if (form !== FORM) throw lost('it was kept in a form of another version')
  const { url, account, user } = facts.target
  if (url !== target.url || account !== target.account || user !== target.user) {
    throw lost('its connection has another address, account or user by now')
  }
  return { ...facts, parameters: new Map(parameters), token: new Secret(token), masterToken: new Secret(masterToken) }
}

function lost(why: string): IcecoreError {
  return new IcecoreError('ICE_UPSTREAM_SESSION_LOST', {}, { cause: new Error(why) })
}
