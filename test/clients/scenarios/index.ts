/** What every driver must be able to do through Icecore, and what its user must see when it may not. */
import type { Scenario } from '../scenario.ts'
import { CHUNKS } from './chunks.ts'
import { CROWDS } from './crowds.ts'
import { FAULTS } from './faults.ts'
import { LOG_IN } from './log-in.ts'
import { LONG_STATEMENTS } from './long-statements.ts'
import { REFUSED } from './refusals.ts'
import { RESULTS } from './results.ts'
import { STATEMENTS } from './statements.ts'
import { TLS } from './tls.ts'

export const SCENARIOS: readonly Scenario[] = [
  ...LOG_IN,
  ...TLS,
  ...RESULTS,
  ...STATEMENTS,
  ...LONG_STATEMENTS,
  ...REFUSED,
  ...CROWDS,
  ...FAULTS,
  ...CHUNKS,
]
