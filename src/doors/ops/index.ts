export { type OpsDoorTools, type Readiness, registerOpsDoor } from './ops-door.ts'
