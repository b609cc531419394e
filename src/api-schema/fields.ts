/** The kinds of fields that the forms are made of. Each says what it means: the documents are made from that. */
import * as z from 'zod'

export const text = (meaning: string) => z.string().describe(meaning)
export const textOrNull = (meaning: string) => z.string().nullable().describe(meaning)
export const flag = (meaning: string) => z.boolean().describe(meaning)
export const url = (meaning: string) => z.url().describe(meaning)
/** Counts, sizes and positions. */
export const count = (meaning: string) => z.int().nonnegative().describe(meaning)
export const countOrNull = (meaning: string) => z.int().nonnegative().nullable().describe(meaning)
/** Milliseconds since 1970, UTC. */
export const time = (meaning: string) => z.number().describe(`${meaning}, in milliseconds since 1970.`)
export const timeOrNull = (meaning: string, nullMeans = '') =>
  z
    .number()
    .nullable()
    .describe(`${meaning}, in milliseconds since 1970${nullMeans === '' ? '' : `; null ${nullMeans}`}.`)
export const durationMs = (meaning: string) => z.number().nonnegative().describe(`${meaning}, in milliseconds.`)
export const listOf = <S extends z.ZodType>(item: S) => z.array(item).readonly()
/** A form that others refer to by its name. */
export const shared = <S extends z.ZodType>(id: string, meaning: string, schema: S): S =>
  schema.meta({ id, description: meaning })
