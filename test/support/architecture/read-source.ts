/**
 * A source file as its tokens, so that rules see code and neither comments nor texts. The scanner is TypeScript's own;
 * what its parser decides elsewhere is decided here: where a slash starts a regular expression, and where a brace ends
 * the hole of a template.
 */
import { createScanner, SyntaxKind } from 'typescript/unstable/ast'

export interface Token {
  readonly kind: SyntaxKind
  /** As written, and for a string its value. */
  readonly text: string
}

export interface Import {
  readonly specifier: string
  /** `type` is erased when the program runs; `loaded` stands in a call or a path, and comes when the code gets there. */
  readonly kind: 'static' | 'type' | 'loaded'
}

export interface Source {
  readonly path: string
  readonly text: string
  readonly tokens: readonly Token[]
  readonly imports: readonly Import[]
}

export function readSource(path: string, text: string): Source {
  const tokens = scan(text)
  return { path, text, tokens, imports: findImports(tokens) }
}

/** After these a slash divides; after all else it starts a regular expression. */
const ENDS_OPERAND = new Set([
  SyntaxKind.Identifier,
  SyntaxKind.PrivateIdentifier,
  SyntaxKind.NumericLiteral,
  SyntaxKind.BigIntLiteral,
  SyntaxKind.StringLiteral,
  SyntaxKind.RegularExpressionLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TemplateTail,
  SyntaxKind.CloseParenToken,
  SyntaxKind.CloseBracketToken,
  SyntaxKind.CloseBraceToken,
  SyntaxKind.ThisKeyword,
])

const TEXTS = new Set([SyntaxKind.StringLiteral, SyntaxKind.NoSubstitutionTemplateLiteral])

function scan(text: string): readonly Token[] {
  const scanner = createScanner(true)
  scanner.setText(text)
  const tokens: Token[] = []
  /** Braces open inside each hole of a template that is not closed yet. */
  const holes: number[] = []
  let previous = SyntaxKind.Unknown
  for (let kind = scanner.scan(); kind !== SyntaxKind.EndOfFile; kind = scanner.scan()) {
    const slash = kind === SyntaxKind.SlashToken || kind === SyntaxKind.SlashEqualsToken
    if (slash && !ENDS_OPERAND.has(previous)) kind = scanner.reScanSlashToken()
    const open = holes.at(-1)
    if (kind === SyntaxKind.OpenBraceToken && open !== undefined) holes[holes.length - 1] = open + 1
    if (kind === SyntaxKind.CloseBraceToken && open !== undefined) {
      if (open === 0) {
        kind = scanner.reScanTemplateToken(false)
        if (kind === SyntaxKind.TemplateTail) holes.pop()
      } else {
        holes[holes.length - 1] = open - 1
      }
    }
    if (kind === SyntaxKind.TemplateHead) holes.push(0)
    tokens.push({ kind, text: TEXTS.has(kind) ? scanner.getTokenValue() : scanner.getTokenText() })
    previous = kind
  }
  return tokens
}

/** A path to a module that is loaded other than by an import: a worker's, or one built with `new URL`. */
const MODULE_PATH = /^\.{1,2}\/.*\.[cm]?[jt]s$/

function findImports(tokens: readonly Token[]): readonly Import[] {
  const imports: Import[] = []
  const taken = new Set<number>()
  const take = (at: number, kind: Import['kind']): void => {
    const token = tokens[at]
    if (token === undefined || !TEXTS.has(token.kind)) return
    taken.add(at)
    imports.push({ specifier: token.text, kind })
  }
  tokens.forEach(({ kind }, at) => {
    if (kind === SyntaxKind.ImportKeyword || kind === SyntaxKind.ExportKeyword) {
      const named = findSpecifier(tokens, at)
      if (named !== null) take(named.at, named.kind)
    }
  })
  tokens.forEach((token, at) => {
    if (!taken.has(at) && TEXTS.has(token.kind) && MODULE_PATH.test(token.text)) take(at, 'loaded')
  })
  return imports
}

function findSpecifier(
  tokens: readonly Token[],
  keyword: number,
): { readonly at: number; readonly kind: Import['kind'] } | null {
  const kindAt = (at: number): SyntaxKind => tokens[at]?.kind ?? SyntaxKind.EndOfFile
  const first = kindAt(keyword + 1)
  const isExport = kindAt(keyword) === SyntaxKind.ExportKeyword
  if (!isExport && first === SyntaxKind.OpenParenToken) return { at: keyword + 2, kind: 'loaded' }
  if (!isExport && first === SyntaxKind.StringLiteral) return { at: keyword + 1, kind: 'static' }
  const typeOnly = first === SyntaxKind.TypeKeyword
  const list = kindAt(keyword + (typeOnly ? 2 : 1))
  if (isExport && list !== SyntaxKind.OpenBraceToken && list !== SyntaxKind.AsteriskToken) return null
  for (let at = keyword + 1; at < tokens.length; at += 1) {
    if (kindAt(at) === SyntaxKind.FromKeyword && kindAt(at + 1) === SyntaxKind.StringLiteral) {
      return { at: at + 1, kind: typeOnly ? 'type' : 'static' }
    }
    const ends = isExport ? SyntaxKind.CloseBraceToken : SyntaxKind.EqualsToken
    if (kindAt(at) === ends && kindAt(at + 1) !== SyntaxKind.FromKeyword) return null
  }
  return null
}
