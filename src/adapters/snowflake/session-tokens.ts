import {
  type AnswerEnvelope,
  encodeTokenRequest,
  meansSessionLost,
  meansSessionTokenExpired,
  readTokenAnswer,
} from '../../core/wire/index.ts'
import { IcecoreError } from '../../errors.ts'
import type { Ids } from '../../lib/ids.ts'
import type { Secret } from '../../lib/secret.ts'
import type { AccountClient, Call } from './account-client.ts'

export interface UpstreamTokens {
  readonly token: Secret
  readonly masterToken: Secret
}

/** A request whose token expires more often than this while it is under way is not helped by another renewal. */
const MAX_RENEWALS_PER_CALL = 3

/**
 * The upstream tokens of one session. Renews them when the upstream says that they have expired: once, however many
 * requests find out at the same time; all of them wait, and are sent again as they were.
 */
export class SessionTokens {
  readonly #client: AccountClient
  readonly #ids: Ids
  #session: Secret
  #master: Secret
  #renewal: Promise<void> | null = null
  #onRenewal: () => Promise<void> = async () => undefined
  #lost = false

  constructor(client: AccountClient, ids: Ids, tokens: UpstreamTokens) {
    this.#client = client
    this.#ids = ids
    this.#session = tokens.token
    this.#master = tokens.masterToken
  }

  get tokens(): UpstreamTokens {
    return { token: this.#session, masterToken: this.#master }
  }

  /** Called, and waited for, before new tokens are used. */
  onRenewal(listener: () => Promise<void>): void {
    this.#onRenewal = listener
  }

  /** From now on every call is refused. */
  forget(): void {
    this.#lost = true
  }

  /** Rejects as AccountClient does, and with ICE_UPSTREAM_SESSION_LOST when the session is gone for good. */
  async call(call: Omit<Call, 'token'>): Promise<AnswerEnvelope> {
    for (let renewals = 0; ; renewals += 1) {
      await this.#renewal?.catch(() => undefined)
      if (this.#lost) throw sessionLost('it was closed or lost before')
      const token = this.#session
      const answer = await this.#client.call({ ...call, token })
      if (answer.success) return answer
      if (meansSessionLost(answer.code)) throw this.#lose(answer.code)
      if (!meansSessionTokenExpired(answer.code)) return answer
      if (renewals === MAX_RENEWALS_PER_CALL) throw this.#lose(answer.code)
      if (token === this.#session) await this.#renewOnce()
      call.signal?.throwIfAborted()
    }
  }

  #renewOnce(): Promise<void> {
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = null
    })
    return this.#renewal
  }

  async #renew(): Promise<void> {
    const answer = await this.#client.call({
      what: 'renewal',
      method: 'POST',
      path: '/session/token-request',
      query: { requestId: this.#ids.uuid() },
      body: () => encodeTokenRequest(this.#session),
      token: this.#master,
      accept: 'application/json',
    })
    const renewed = readTokenAnswer(answer.document.bytes)
    // Whatever the reason: without new tokens there is no way on.
    if (!renewed.success) throw this.#lose(renewed.code)
    this.#session = renewed.tokens.sessionToken
    this.#master = renewed.tokens.masterToken
    await this.#onRenewal()
  }

  #lose(code: string | null): IcecoreError {
    this.#lost = true
    return sessionLost(`the upstream answered ${code ?? 'without a code'}`)
  }
}

function sessionLost(reason: string): IcecoreError {
  return new IcecoreError('ICE_UPSTREAM_SESSION_LOST', {}, { cause: new Error(reason) })
}
