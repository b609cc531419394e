import { compilationError } from '../errors.ts'
import { bodyOf, kindOf, type Node } from './ast.ts'
import type { Rewriter } from './rewriter.ts'

/** The value of an argument that must be known before the statement runs. */
export function constantText(rewriter: Rewriter, node: Node | undefined): string {
  if (!node) throw compilationError('000938', '22023', 'not enough arguments for function')
  const body = bodyOf(node)
  if (kindOf(node) === 'literal') return String(body.value)
  if (kindOf(node) === 'neg') return `-${constantText(rewriter, body.this as Node)}`
  if (kindOf(node) === 'cast') return constantText(rewriter, body.this as Node)
  if (kindOf(node) === 'parameter' && body.style !== 'Colon')
    return rewriter.env.variable(String(body.name).toUpperCase()).text ?? ''
  if (kindOf(node) === 'parameter') return String(rewriter.env.bindings[String(body.index)]?.value ?? '')
  if (kindOf(node) === 'concat')
    return `${constantText(rewriter, body.left as Node)}${constantText(rewriter, body.right as Node)}`
  const name = String(body.name ?? '').toUpperCase()
  if (name === 'SF_LAST_QUERY_ID') {
    const back = (body.args as Node[])[0]
    return rewriter.env.queryId(back ? Number(constantText(rewriter, back)) : -1) ?? ''
  }
  if (name === 'SF_CURRENT_SESSION') return rewriter.env.sessionId
  if (name === 'SF_CURRENT_USER') return rewriter.env.user
  if (name === 'IDENTIFIER') return constantText(rewriter, (body.args as Node[])[0])
  throw compilationError('001015', '22023', 'argument needs to be constant')
}
