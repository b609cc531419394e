export { Cursor } from './cursor.ts'
export { demangle, display, duckName, fold, mangle, quoteText, readName } from './names.ts'
export { isTransaction, splitStatements } from './split.ts'
export { applyEdits, closingBracket, type Edit, splitAtCommas, type Token, tokenize } from './tokens.ts'
