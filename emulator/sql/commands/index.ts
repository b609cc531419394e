export { executeText } from './execute-text.ts'
export { runStatement } from './run-statement.ts'
