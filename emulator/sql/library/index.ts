export { MACRO_ARITIES, MACRO_NAMES, macroStatements } from './macros.ts'
export { registerScalars } from './scalars.ts'
