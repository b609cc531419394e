/** Who takes part in the demo, and the claims of their tokens. */
export interface DemoPrincipal {
  readonly name: string
  readonly kind: 'human' | 'agent'
  readonly claims: Readonly<Record<string, unknown>>
}

export const DEMO_PRINCIPALS: readonly DemoPrincipal[] = [
  { name: 'ada', kind: 'human', claims: { sub: 'ada', name: 'Ada', groups: ['analysts'] } },
  { name: 'ben', kind: 'human', claims: { sub: 'ben', name: 'Ben', groups: ['interns'] } },
  // A coding agent that acts for Ada: the token says both (RFC 8693 `act`).
  {
    name: 'coding-agent',
    kind: 'agent',
    claims: { sub: 'ada', name: 'Ada', groups: ['analysts'], act: { sub: 'coding-agent' } },
  },
]
