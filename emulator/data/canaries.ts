import { shopTables } from './shop.ts'

/** The sensitive values of one column of the shop: each unmistakable, so that finding one anywhere is a leak. */
export interface Canary {
  /** `DATABASE.SCHEMA.TABLE`. */
  readonly table: string
  readonly column: string
  readonly entity: string
  readonly values: readonly string[]
}

/** All sensitive values which the data set of a seed holds, those inside documents and free text too. */
export function canaries(seed: number): Canary[] {
  return shopTables(seed).flatMap((table) => {
    const name = `SHOP.${table.schema}.${table.name}`
    const plain = table.columns.flatMap(({ name: column, entity }, i) => {
      if (entity === undefined) return []
      const values = table.rows.map((row) => row[i]).filter((value) => value !== null && value !== undefined)
      return [{ table: name, column, entity, values }]
    })
    return [...plain, ...(table.inside ?? []).map((found) => ({ table: name, ...found }))]
  })
}
