import * as z from 'zod'
import { claimPatterns, claims } from './claims.ts'
import { identifier, instant, oneTrue, text } from './scalar.ts'

const reference = (to: string) => text({ max: 128, form: `the name of ${to}` })

const identity = z.strictObject({
  issuer: reference('an issuer').describe('Name of an entry of `issuers`.'),
  subject: text().describe('The person’s subject at that issuer.'),
})

/** A person, with the identities that are this person. */
export const personSchema = z.strictObject({
  name: text({ max: 256 }).optional().describe('Name to show.'),
  identities: z
    .array(identity)
    .min(1)
    .describe('Who this person is at each issuer. E-mail addresses are never matched.'),
})

const matcher = z.strictObject({
  issuer: reference('an issuer').describe('Name of an entry of `issuers`.'),
  client_id: claimPatterns()
    .optional()
    .describe(
      'The client software as the token names it. Needed for tokens in which somebody acts for another (`act`).',
    ),
  claims: claims()
    .optional()
    .describe(
      'Claims that must all fit: a value, a list of values of which one must fit, a prefix that ends in `*`, or `{contains: …}` for a claim that is a list. A name that starts with `/` is a JSON pointer into nested claims.',
    ),
})

/** An agent: which tokens are its own, who answers for it, and until when. */
export const agentSchema = z.strictObject({
  match: z.array(matcher).min(1).describe('The token is this agent’s if one of these fits.'),
  owners: z.array(reference('a person')).min(1).describe('People who answer for the agent: keys of `people`.'),
  purpose: text({ max: 500 }).describe('What the agent is for, shown to reviewers.'),
  expires: instant().describe('Last day (UTC) or instant at which the agent may log in.'),
})

const when = z.strictObject({
  anyone: oneTrue().optional().describe('Everybody whose token is accepted.'),
  groups: z
    .array(text({ max: 256 }))
    .optional()
    .describe('The principal is in one of these groups.'),
  people: z.array(reference('a person')).optional().describe('The principal’s human is one of these `people`.'),
  agents: z.array(reference('an agent')).optional().describe('The principal’s agent is one of these `agents`.'),
  issuers: z.array(reference('an issuer')).optional().describe('The token is of one of these `issuers`.'),
  claims: claims().optional().describe('Claims of the token that must all fit, written as under `agents`.'),
})

/** Who may use which connection with which role. Nobody may what no rule allows. */
export const accessRuleSchema = z.strictObject({
  name: text({
    pattern: /^[A-Za-z0-9][\w.-]*$/,
    form: 'a name of letters, digits, "_", "-" and "."',
    max: 128,
  }).describe('Name of the rule, as the record and refusals give it.'),
  when: when.describe('Whom the rule is for. All conditions given must hold; at least one must be given.'),
  connections: z.array(reference('a connection')).min(1).describe('Connections the rule opens: keys of `connections`.'),
  roles: z
    .array(identifier())
    .min(1)
    .describe(
      'Roles that may be used there; the first is taken when the driver asks for none. Written as in SQL: quoted names keep their case.',
    ),
})

export type Person = Readonly<z.output<typeof personSchema>>
export type Agent = Readonly<z.output<typeof agentSchema>>
export type AccessRule = Readonly<z.output<typeof accessRuleSchema>>
