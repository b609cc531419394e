/** Numbers about numbers: medians, spread, and how they are written. */

export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Values of the rounds; at least one. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: quantile(sorted, 0.5), least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN }
}

/** Of sorted values: between two of them the nearer ones are mixed, so that the median of an even number is its middle. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** `1.23 (1.20–1.31)`; a single round has no spread. */
export function show({ median, least, most }: Spread, digits: number): string {
  const fixed = (value: number): string => value.toFixed(digits)
  return least === most ? fixed(median) : `${fixed(median)} (${fixed(least)}–${fixed(most)})`
}
