export {
  type Body,
  bodyOf,
  type Identifier,
  isIdentifier,
  kindOf,
  type Node,
  nameOf,
  parseOne,
  tableNameParts,
} from './ast.ts'
export { constantText } from './constants.ts'
export { convert } from './conversions.ts'
export type { Environment, HostRows, VariableValue } from './environment.ts'
export { findRoutine } from './find-routine.ts'
export { OUR_FUNCTIONS } from './functions.ts'
export { inferType } from './infer.ts'
export { type Prepared, prepare, selectItemTexts } from './prepare.ts'
export { rewriteRelation } from './relations.ts'
export { columnNameOf, type Needs, Rewriter, type Scratch, scratchName } from './rewriter.ts'
export { type Output, type Outputs, Scope } from './scope.ts'
