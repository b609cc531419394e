/** Cells as people read them. On the wire Snowflake sends days, seconds and digits as text (protocol: JSON row types). */

const DAY_MS = 86_400_000

/** A cell of a column of this type; what is not of the expected form is shown as it was delivered. */
export function showCell(value: string | null, type: string): string | null {
  if (value === null) return null
  switch (type.toLowerCase()) {
    case 'date':
      return /^-?\d{1,9}$/.test(value) ? (isoOf(Number(value) * DAY_MS)?.slice(0, 10) ?? value) : value
    case 'time':
      return showTime(value)
    case 'timestamp_ntz':
      return showTimestamp(value, 0, '')
    case 'timestamp_ltz':
      return showTimestamp(value, 0, ' Z')
    case 'timestamp_tz':
      return showZoned(value)
    case 'boolean':
      return value === '1' ? 'true' : value === '0' ? 'false' : value
    default:
      return value
  }
}

/** `seconds.fraction` and an offset in minutes that is counted from 1440. */
function showZoned(value: string): string {
  const [, seconds, offsetText] = /^(-?\d+(?:\.\d+)?) (\d{1,4})$/.exec(value) ?? []
  if (seconds === undefined || offsetText === undefined) return value
  const offset = Number(offsetText) - 1440
  const size = Math.abs(offset)
  const zone = `${offset < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`
  const shown = showTimestamp(seconds, offset, ` ${zone}`)
  return shown === seconds ? value : shown
}

function showTimestamp(value: string, offsetMinutes: number, zone: string): string {
  const parts = splitSeconds(value)
  if (parts === null) return value
  const iso = isoOf((parts.seconds + offsetMinutes * 60) * 1000)
  return iso === null ? value : `${iso.slice(0, -5).replace('T', ' ')}${parts.fraction}${zone}`
}

function showTime(value: string): string {
  const parts = splitSeconds(value)
  if (parts === null || parts.seconds < 0 || parts.seconds >= 86_400) return value
  return `${isoOf(parts.seconds * 1000)!.slice(11, 19)}${parts.fraction}`
}

/** Whole seconds, rounded down, and the fraction as it was written: nanoseconds do not fit a number. */
function splitSeconds(value: string): { readonly seconds: number; readonly fraction: string } | null {
  const [, sign, whole, digits = ''] = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?$/.exec(value) ?? []
  if (whole === undefined) return null
  const zero = /^0*$/.test(digits)
  if (sign === '' || zero) return { seconds: Number(`${sign}${whole}`) + 0, fraction: zero ? '' : `.${digits}` }
  const complement = String(10n ** BigInt(digits.length) - BigInt(digits)).padStart(digits.length, '0')
  return { seconds: -Number(whole) - 1, fraction: `.${complement}` }
}

function isoOf(ms: number): string | null {
  const date = new Date(ms)
  const iso = Number.isNaN(date.getTime()) ? null : date.toISOString()
  // Years beyond four digits are written another way, and are no dates that anybody keeps.
  return iso?.length === 24 ? iso : null
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
