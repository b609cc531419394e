export { MACRO_NAMES, macroStatements } from './macros.ts'
export { registerScalars } from './scalars.ts'
