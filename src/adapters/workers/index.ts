export { type ClosableChunkChecker, createChunkChecker } from './chunk-checker.ts'
