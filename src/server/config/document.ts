import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, visit } from 'yaml'
import type { Path, Problem, ProblemCode } from './problem.ts'

/** A YAML text as plain values, with the way back from each value to its place in the text. */
export interface SourceDocument {
  readonly value: unknown
  /** Line and column of a value, or of its key; of the nearest enclosing one where the value is not there. */
  locate(path: Path, atKey?: boolean): { readonly line: number; readonly column: number }
}

interface ReadDocument {
  /** Null when the text could not be read as YAML at all. */
  readonly document: SourceDocument | null
  readonly problems: readonly Problem[]
}

/**
 * Reads one YAML 1.2 document. Strict where YAML is lax: no aliases (a few lines of them can unfold into gigabytes, and
 * a reviewer cannot see what they bring), no tags, no second document, no key twice.
 */
export function readDocument(file: string, text: string): ReadDocument {
  const lines = new LineCounter()
  const problems: Problem[] = []
  const add = (code: ProblemCode, offset: number, message: string, hint?: string): void => {
    const { line, col } = lines.linePos(offset)
    const at = { file, line: Math.max(1, line), column: Math.max(1, col), path: '' }
    problems.push({ severity: 'error', code, message, ...(hint === undefined ? {} : { hint }), at })
  }

  let parsed: ReturnType<typeof parseDocument>
  try {
    parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, version: '1.2' })
  } catch (error) {
    // The parser recurses: brackets nested by the ten thousand end in a RangeError.
    if (!(error instanceof RangeError)) throw error
    add('yaml_syntax', 0, 'the file is nested too deeply')
    return { document: null, problems }
  }

  for (const { code, message, pos } of [...parsed.errors, ...parsed.warnings]) {
    if (code === 'DUPLICATE_KEY') add('duplicate_key', pos[0], 'the same key stands twice in one mapping', 'keep one')
    else if (code === 'MULTIPLE_DOCS') add('yaml_syntax', pos[0], 'the file holds more than one YAML document')
    else if (code === 'BAD_ALIAS') continue
    else {
      const { said, hint } = describeSyntaxError(message)
      add('yaml_syntax', pos[0], said, hint ?? syntaxHint(text, pos[0]))
    }
  }
  let readable = parsed.errors.every(({ code }) => code === 'DUPLICATE_KEY')
  visit(parsed, {
    Alias(_, node) {
      readable = false
      add('alias', node.range?.[0] ?? 0, `aliases (*${node.source}) are not read here`, 'write the value out')
    },
    Pair(_, { key }) {
      // The one key that a plain object cannot hold as data.
      if (isScalar(key) && key.value === '__proto__') add('unknown_key', key.range?.[0] ?? 0, 'unknown key "__proto__"')
    },
  })
  if (!readable) return { document: null, problems }

  const root = parsed.contents
  return {
    problems,
    document: {
      value: parsed.toJS(),
      locate(path, atKey = false) {
        const { line, col } = lines.linePos(findOffset(root, path, atKey))
        return { line: Math.max(1, line), column: Math.max(1, col) }
      },
    },
  }
}

/** Offset of the value at `path`, or of the deepest key on the way that is there. */
function findOffset(root: Node | null, path: Path, atKey: boolean): number {
  let node: unknown = root
  let offset = 0
  for (const [index, step] of path.entries()) {
    const last = index === path.length - 1
    if (isMap(node)) {
      // The last one of several: toJS takes that one, too.
      const pair: Pair | undefined = node.items.findLast((item) => isScalar(item.key) && item.key.value === step)
      if (pair === undefined) return offset
      const keyOffset = startOf(pair.key) ?? offset
      // A null value has no place of its own.
      const empty = isScalar(pair.value) && pair.value.value === null
      offset = last && (atKey || empty) ? keyOffset : (startOf(last ? pair.value : pair.key) ?? keyOffset)
      node = pair.value
    } else if (isSeq(node)) {
      const item = node.items[Number(step)]
      offset = startOf(item) ?? offset
      node = item
    } else {
      return offset
    }
  }
  return offset
}

function startOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined
}

/** The parser's words for what people mistype most, in ours; its own for the rest. */
function describeSyntaxError(message: string): { readonly said: string; readonly hint?: string } {
  if (/^implicit map keys? needs? to be followed by map values/i.test(message)) {
    return { said: 'this is no key with a value', hint: 'write it as key: value, with a colon and a space' }
  }
  const [, form, end] = /^flow (sequence|map)\b.* end with a? ?([\]}])/i.exec(message) ?? []
  if (end !== undefined) {
    return {
      said: `a ${form === 'map' ? 'mapping' : 'list'} is not closed before here`,
      hint: `close it with "${end}"`,
    }
  }
  const first = message.split('\n')[0] ?? message
  return { said: first.charAt(0).toLowerCase() + first.slice(1).replace(/[.:]$/, '') }
}

function syntaxHint(text: string, offset: number): string | undefined {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1).split('\n')[0] ?? ''
  return /^\s*\t|^\t/.test(line) ? 'YAML is indented with spaces, not tabs' : undefined
}
