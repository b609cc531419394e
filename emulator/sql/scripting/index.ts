export { callProcedure, runAnonymousBlock } from './run-script.ts'
