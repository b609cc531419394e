const UTC = 1440

/**
 * A cell of a timestamp as a text by the default output formats, `YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM`: what stands in a
 * structured value, where Go reads it by them.
 */
export function momentText(cell: string, type: string): string {
  const [seconds, zone = String(UTC)] = cell.split(' ')
  const offset = Number(zone) - UTC
  const text = new Date(Math.round(Number(seconds) * 1000) + offset * 60_000)
    .toISOString()
    .replace('T', ' ')
    .replace('Z', '')
  if (type === 'timestamp_ntz') return text
  const digits = (value: number) => String(value).padStart(2, '0')
  const size = Math.abs(offset)
  return `${text} ${offset < 0 ? '-' : '+'}${digits(Math.floor(size / 60))}${digits(size % 60)}`
}
