/** A session at the upstream as it is kept for another process: sealed by whoever stores it. */
import type { Context, ParameterValue } from '../../core/wire/index.ts'
import { IcecoreError } from '../../errors.ts'
import { Secret } from '../../lib/secret.ts'

export interface KeptSession {
  readonly id: string
  readonly context: Context
  readonly parameters: ReadonlyMap<string, ParameterValue>
  readonly serverVersion: string
  readonly token: Secret
  readonly masterToken: Secret
}

/** What is kept by another version in another form is no session here. */
const FORM = 1

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

/** Throws ICE_UPSTREAM_SESSION_LOST for another form. The text was written here, and its seal says that nobody changed it. */
export function readKeptSession(kept: Secret): KeptSession {
  const { form, parameters, token, masterToken, ...facts } = JSON.parse(kept.reveal()) as Written
  if (form !== FORM) {
    throw new IcecoreError(
      'ICE_UPSTREAM_SESSION_LOST',
      {},
      { cause: new Error('it was kept in a form of another version') },
    )
  }
  return { ...facts, parameters: new Map(parameters), token: new Secret(token), masterToken: new Secret(masterToken) }
}
