/**
 * The one statement path.
 *
 * The scenario that justifies it: three doors and a dozen drivers, and one security engineer who asks where a
 * statement can reach Snowflake. The answer is one folder, and in it one file: gate.ts.
 */

export { type AccessToday, LEADS_ELSEWHERE, whyAccessIsGone } from './access-today.ts'
export { AnswerMemory } from './answer-memory.ts'
export { type ChunkDelivery, type ChunkDeliveryTools, type ChunkRequest, deliverChunk } from './chunk-delivery.ts'
export { CHUNK_KEY_HEADER, CHUNK_LINK_LIFE_MS, ChunkLinks, type LinkSet } from './chunk-links.ts'
export { failureOfError, failureOfRun, type StatementFailure, toIcecoreError } from './failure.ts'
export { Gate, type GateOptions } from './gate.ts'
export { Handles } from './handles.ts'
export { type LogInRequest, type LogInTools, logIn, type OpenedSession } from './log-in.ts'
export { type OwnAnswer, type OwnSession, OwnSessions } from './own-sessions.ts'
export type {
  ChunkBody,
  ChunkCheck,
  ChunkChecker,
  ChunkSource,
  ConnectionFacts,
  ParameterValue,
  Past,
  Recorder,
  Sealer,
  TokenVerifier,
  UpstreamConnector,
  UpstreamSession,
} from './ports.ts'
export { LinkRecall, type RecallTools } from './recall-links.ts'
export { DEFAULT_REFUSAL_LIMITS, Refusals } from './refusals.ts'
export { type ResumeTools, resumeSessions } from './resume-sessions.ts'
export { Session } from './session.ts'
export { type SessionLimits, SessionRegistry } from './session-registry.ts'
export { SessionTokenBook, type SessionTokens, type TokenLives } from './session-tokens.ts'
export type { AnswerEncoder, StatementReply, StatementRequest } from './statement-request.ts'
export type { StatementRun } from './statement-run.ts'
