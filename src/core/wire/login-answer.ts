/** The answer to a log-in: written for drivers, and read from the upstream. */
import { findValue, rawInteger, readInteger, readSafeInteger, readString } from '../../lib/json/index.ts'
import { Secret } from '../../lib/secret.ts'
import type { Context } from './context.ts'
import { encodeSuccess } from './envelope.ts'
import { readParameterList } from './parameter-list.ts'
import { type ParameterValue, protocolError, scanAnswer } from './read-json.ts'

export interface LoginAnswerFacts {
  readonly token: Secret
  readonly masterToken: Secret
  readonly validitySeconds: number
  readonly masterValiditySeconds: number
  readonly displayUserName: string
  readonly serverVersion: string
  /** Digits: Snowpark sends it back, and it may exceed what a number holds exactly. */
  readonly sessionId: string
  readonly parameters: readonly NamedParameter[]
  readonly context: Context
}

export interface NamedParameter {
  readonly name: string
  readonly value: ParameterValue
}

/** The whole shape of driver-protocol.md#log-in-answer. Identity and MFA tokens are null: drivers would store them. */
export function encodeLoginAnswer(facts: LoginAnswerFacts): Uint8Array {
  const { context } = facts
  return encodeSuccess({
    token: facts.token.reveal(),
    masterToken: facts.masterToken.reveal(),
    validityInSeconds: facts.validitySeconds,
    masterValidityInSeconds: facts.masterValiditySeconds,
    displayUserName: facts.displayUserName,
    serverVersion: facts.serverVersion,
    firstLogin: false,
    remMeToken: null,
    remMeValidityInSeconds: 0,
    // JDBC adds any other number of seconds to its socket time-out.
    healthCheckInterval: 45,
    newClientForUpgrade: null,
    sessionId: rawInteger(facts.sessionId),
    parameters: facts.parameters,
    sessionInfo: {
      databaseName: context.database,
      schemaName: context.schema,
      warehouseName: context.warehouse,
      roleName: context.role,
    },
    idToken: null,
    idTokenValidityInSeconds: 0,
    mfaToken: null,
    mfaTokenValidityInSeconds: 0,
    responseData: null,
  })
}

export interface UpstreamLoginAnswer {
  readonly success: boolean
  readonly code: string | null
  readonly message: string | null
  /** Null unless the log-in succeeded. */
  readonly opened: OpenedSession | null
}

export interface OpenedSession {
  readonly token: Secret
  readonly masterToken: Secret
  /** Decimal text: it may exceed 2^53. */
  readonly sessionId: string
  readonly validitySeconds: number | null
  readonly masterValiditySeconds: number | null
  readonly serverVersion: string
  readonly parameters: ReadonlyMap<string, ParameterValue>
  readonly context: Context
}

export function readLoginAnswer(bytes: Uint8Array): UpstreamLoginAnswer {
  const document = scanAnswer(bytes, { paths: ['data.sessionInfo.roleName', 'data.parameters'] })
  const text = (path: string): string | null => readString(document, findValue(document, path)) ?? null
  const success = findValue(document, 'success')
  if (success?.kind !== 'boolean') throw protocolError('the log-in answer does not say whether it succeeded')
  const outcome = { code: text('code'), message: text('message') }
  if (document.bytes[success.start] !== 0x74) return { success: false, ...outcome, opened: null }
  const token = text('data.token')
  const masterToken = text('data.masterToken')
  const sessionId = readInteger(document, findValue(document, 'data.sessionId'))
  if (token === null || masterToken === null) throw protocolError('the log-in answer has no tokens')
  if (sessionId === undefined) throw protocolError('the log-in answer has no session id')
  return {
    success: true,
    ...outcome,
    opened: {
      token: new Secret(token),
      masterToken: new Secret(masterToken),
      sessionId: String(sessionId),
      validitySeconds: readSafeInteger(document, findValue(document, 'data.validityInSeconds')) ?? null,
      masterValiditySeconds: readSafeInteger(document, findValue(document, 'data.masterValidityInSeconds')) ?? null,
      serverVersion: text('data.serverVersion') ?? '',
      parameters: readParameterList(document, findValue(document, 'data.parameters')),
      context: {
        role: text('data.sessionInfo.roleName'),
        warehouse: text('data.sessionInfo.warehouseName'),
        database: text('data.sessionInfo.databaseName'),
        schema: text('data.sessionInfo.schemaName'),
      },
    },
  }
}
