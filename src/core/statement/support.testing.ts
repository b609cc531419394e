import assert from 'node:assert/strict'
import { analyseText } from './analyse.ts'
import type { AnalysisOptions, Statement, StatementRefusal, StatementText } from './types.ts'

export const OPTIONS: AnalysisOptions = {
  limits: { maxBytes: 262_144, maxDepth: 100, maxChain: 400, maxStatements: 100 },
  variables: new Map([['TBL', 'SALES.PUBLIC.CUSTOMERS']]),
  ownUser: 'ICECORE_SVC',
  ownSession: '1172562260498',
}

export function understood(sqlText: string, options: AnalysisOptions = OPTIONS): StatementText {
  const analysis = analyseText(sqlText, options)
  assert.ok(analysis.ok, `refused: ${analysis.ok ? '' : analysis.refusal.text}: ${sqlText}`)
  return analysis.text
}

export function one(sqlText: string, options: AnalysisOptions = OPTIONS): Statement {
  const { statements } = understood(sqlText, options)
  assert.equal(statements.length, 1, sqlText)
  return statements[0] as Statement
}

export function refused(sqlText: string, options: AnalysisOptions = OPTIONS): StatementRefusal {
  const analysis = analyseText(sqlText, options)
  assert.ok(!analysis.ok, `was let through: ${sqlText}`)
  return analysis.refusal
}
