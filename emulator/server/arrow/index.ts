export { ArrowChunkWriter, settleWidths, writeArrowRows } from './arrow-chunk.ts'
export type { NumberBits } from './integers.ts'
export { readArrowRows } from './read-rows.ts'
