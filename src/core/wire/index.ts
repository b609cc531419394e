export { encodeAbortRequest, readAbortRequest } from './abort-request.ts'
export { type AnswerEnvelope, readEnvelope } from './answer-envelope.ts'
export { ArrowRowCounter, ArrowSyntaxError, readArrowRows } from './arrow/index.ts'
export { type ClientProfile, clientProfile } from './client-profile.ts'
export { CODES, meansSessionLost, meansSessionTokenExpired } from './codes.ts'
export type { Context } from './context.ts'
export { driverParameters, UPSTREAM_SESSION_PARAMETERS } from './driver-parameters.ts'
export {
  ENVELOPE_CONTENT_TYPE,
  encodeError,
  encodeInProgress,
  encodeLoginRefusal,
  encodeSessionError,
  encodeSuccess,
} from './envelope.ts'
export { encodeLoginAnswer, readLoginAnswer } from './login-answer.ts'
export { encodeKeyPairLogin } from './login-body.ts'
export { type LoginRequest, readLoginRequest } from './login-request.ts'
export {
  type ColumnFacts,
  isQueryId,
  type QueryAnswer,
  readAnswerParameters,
  readQueryAnswer,
  readStorageHeaders,
} from './query-answer.ts'
export { type Binding, buildQueryBody, type QueryRequest, readQueryRequest } from './query-request.ts'
export type { ParameterValue } from './read-json.ts'
export { buildResubmission, isResubmission, ranResubmission } from './resubmission.ts'
export { admitParameters, SESSION_PARAMETERS, type SessionParameter, sessionParameter } from './session-parameters.ts'
export { statementType } from './statement-types.ts'
export { isStillRunning, readStatusAnswer } from './status-answer.ts'
export { encodeTokenAnswer, encodeTokenRequest, readTokenAnswer, readTokenRequest } from './token-request.ts'
