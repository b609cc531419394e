export { analyseText } from './analyse.ts'
export { redactSecrets } from './redact.ts'
export type {
  Analysis,
  AnalysisOptions,
  Effect,
  Name,
  NeverMatch,
  ResultReference,
  Span,
  StateChange,
  Statement,
  StatementLimits,
  StatementRefusal,
  StatementText,
  Use,
} from './types.ts'
