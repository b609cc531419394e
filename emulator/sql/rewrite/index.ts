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
export type { Environment, HostRows, VariableValue } from './environment.ts'
export { convert } from './expressions.ts'
export { OUR_FUNCTIONS } from './functions.ts'
export { type Prepared, prepare, selectItemTexts } from './prepare.ts'
export { columnNameOf, type Needs, Rewriter, type Scratch, scratchName } from './rewriter.ts'
export { type Output, type Outputs, Scope } from './scope.ts'
