export type {
  ChildFacts,
  ClaimedClient,
  DecisionReason,
  Door,
  EventFacts,
  EventInput,
  EventStamp,
  EventType,
  FailureFacts,
  NetworkFacts,
  OpaqueEvent,
  RecordedEvent,
  ResumeFacts,
  StoredEvent,
  TokenFacts,
} from './events.ts'

export { type ErrorReason, type Scene, scenes } from './scenes.ts'
export type { DeliveryView, Outcome, ResultView, SessionView, StatementView } from './session-view.ts'
export { foldSession } from './session-view.ts'
