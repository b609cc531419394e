/** Who acted, as records and answers tell it. */
import * as z from 'zod'
import { listOf, shared, text, textOrNull } from './fields.ts'

const humanSchema = z.strictObject({
  person: textOrNull('Key of the entry in `people`; null for somebody nobody registered.'),
  issuer: text('Name of the issuer in the configuration.'),
  subject: text('The subject at that issuer.'),
  email: textOrNull('As claimed by the issuer. Shown, never matched.'),
})

const agentSchema = z.strictObject({
  agent: textOrNull('Key of the entry in `agents`; null for software that is known by its client id only.'),
  issuer: text('Name of the issuer in the configuration.'),
  clientId: textOrNull('The software as the token names it.'),
  owners: listOf(z.string()).describe('Keys of `people` who answer for it.'),
})

const workloadSchema = z.strictObject({
  issuer: text('Name of the issuer in the configuration.'),
  subject: text('The subject at that issuer.'),
})

const groupsSchema = z.union([
  z.strictObject({
    status: z.literal('known').describe('`unknown` where the token does not tell them: that is not "none".'),
    names: listOf(z.string()).describe('With `known`: the groups.'),
  }),
  z.strictObject({
    status: z.literal('unknown'),
    reason: text('With `unknown`: why.'),
  }),
])

export const principalSchema = shared(
  'principal',
  'The authenticated actor. What the token proved is kept apart by kind.',
  z.strictObject({
    id: text('Stable over tokens and log-ins: what owns results. `icecore` is Icecore itself, and nobody else.'),
    displayName: text('A name for people who read lists.'),
    human: humanSchema.nullable().describe('The person, where the token names one.'),
    agent: agentSchema.nullable().describe('The agent software, where the token names one.'),
    workload: workloadSchema.nullable().describe('The job or service account, where the token names one.'),
    delegation: listOf(
      z.strictObject({
        subject: text('Who acts.'),
        issuer: textOrNull('Their issuer, where the token says it.'),
      }),
    ).describe('Who acts for whom, outermost first (`act`, RFC 8693).'),
    groups: groupsSchema.describe('Groups of the principal.'),
    token: z
      .strictObject({
        issuerName: text('Name of the issuer in the configuration.'),
        issuer: text('The claim `iss`.'),
        id: text('The claim `jti`, or `sha256:` and a digest of the signed part. Never the token.'),
        issuedAt: z.number().describe('Seconds since 1970.'),
        expiresAt: z.number().describe('Seconds since 1970.'),
        audience: listOf(z.string()).describe('The claim `aud`.'),
      })
      .nullable()
      .describe('What the token said of itself; null for Icecore itself, which has none.'),
    claims: z.record(z.string(), z.unknown()).describe('The verified claims.'),
  }),
)
