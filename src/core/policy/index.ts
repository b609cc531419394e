/**
 * What may run.
 *
 * The scenario that justifies it: an agent sends `CREATE TASK` at noon, and at night the task reads what no recording
 * shows. A statement is judged before it is sent, by what it does, and a denial says what would have been allowed.
 */
export {
  type Decision,
  type DecisionInput,
  decide,
  type Permission,
  POLICY_VERSION,
  type StatementSettings,
} from './decide.ts'
