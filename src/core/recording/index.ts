export { describeNetwork, describeSession, describeStatement, isNumeric } from './describe-session.ts'
export type {
  ChildFacts,
  ClaimedClient,
  ConfigChange,
  DecisionReason,
  Door,
  EventFacts,
  EventInput,
  EventStamp,
  EventType,
  FailureFacts,
  NetworkFacts,
  OpaqueEvent,
  OperatorCall,
  OperatorFacts,
  RecordedEvent,
  ResumeFacts,
  SessionDoor,
  StoredEvent,
  TokenFacts,
} from './events.ts'
export { isEventType } from './events.ts'

export { PartHead } from './part-head.ts'
export { type Row, type RowPart, sampleRows } from './row-sampler.ts'
export { type ErrorReason, type Scene, scenes } from './scenes.ts'
export { SessionTime } from './session-time.ts'
export type { DeliveryView, Outcome, ResultView, SessionView, StatementView } from './session-view.ts'
export { foldSession } from './session-view.ts'
export { showCell } from './show-cell.ts'
export { type SqlToken, sqlTokens } from './sql-tokens.ts'
