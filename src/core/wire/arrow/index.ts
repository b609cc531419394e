export { ArrowSyntaxError } from './flat-buffer.ts'
export { readArrowRows } from './read-rows.ts'
export { ArrowRowCounter, countArrowRows } from './row-counter.ts'
