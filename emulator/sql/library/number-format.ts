/** The digits, points and signs of a numeric format, which stand in one text behind the value: `value NUL format`. */
function parts(text: string): [value: string, format: string] {
  const at = text.indexOf('\0')
  return [text.slice(0, at), text.slice(at + 1)]
}

/** `TO_CHAR(1234.5, '9,999.00')`: a place for the sign, blanks where a 9 has no digit, hashes where the number is too long. */
export function numberText(text: string): string {
  const [value, format] = parts(text)
  const isFilled = !/^FM/i.test(format)
  const model = format.replace(/^FM/i, '')
  if (/^X+$/i.test(model)) {
    const digits = BigInt(Math.round(Number(value))).toString(16)
    const shown = model === model.toUpperCase() ? digits.toUpperCase() : digits
    return isFilled ? shown.padStart(model.length + 1) : shown
  }
  const [whole = '', fraction = ''] = model.replace(/[$S]|MI/gi, '').split(/[.D]/i)
  const places = fraction.replace(/[^09]/g, '').length
  const isNegative = value.startsWith('-')
  const [digits = '0', decimals = ''] = roundTo(value.replace('-', ''), places).split('.')
  const slots = [...whole]
  const room = slots.filter((slot) => slot === '9' || slot === '0').length
  const significant = digits.replace(/^0+/, '')
  if (significant.length > room) return '#'.repeat(model.length + 1)
  const padded = significant.padStart(room, ' ')
  const firstZero = slots.filter((slot) => slot === '9' || slot === '0').indexOf('0')
  let at = 0
  let hasDigit = false
  const body = slots
    .map((slot) => {
      if (slot !== '9' && slot !== '0') return hasDigit ? slot : ' '
      const digit = padded[at] ?? ' '
      const isDue = firstZero >= 0 && at >= firstZero
      at++
      if (digit === ' ' && !isDue) return ' '
      hasDigit = true
      return digit === ' ' ? '0' : digit
    })
    .join('')
  const number = `${body.trimStart()}${places > 0 ? `.${decimals}` : ''}`
  const shown = `${isNegative ? '-' : ''}${model.includes('$') ? '$' : ''}${number === '' ? '0' : number}`
  const width = model.replace(/MI|S/gi, '').length + 1
  return isFilled ? shown.padStart(width) : shown
}

/** Half away from zero, in text: numbers here may have more digits than a double. */
function roundTo(value: string, places: number): string {
  const [whole = '0', fraction = ''] = /e/i.test(value)
    ? Number(value)
        .toFixed(places + 2)
        .split('.')
    : value.split('.')
  const scaled = BigInt(whole + fraction.padEnd(places + 1, '0').slice(0, places + 1))
  const rounded = (scaled + 5n) / 10n
  const text = rounded.toString().padStart(places + 1, '0')
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`
}

/** `TO_NUMBER('$1,234.50', '$9,999.99')`: the text without what the format lets stand in it. */
export function textNumber(text: string): string {
  const [value, format] = parts(text)
  if (/^\s*X+\s*$/i.test(format)) {
    if (!/^\s*[0-9a-f]+\s*$/i.test(value))
      throw new Error(`SF[100038 22018] Numeric value '${value}' is not recognized`)
    return BigInt(`0x${value.trim()}`).toString()
  }
  const allowed = new Set<string>([...format].filter((char) => char === '$' || char === ','))
  return [...value].filter((char) => !allowed.has(char)).join('')
}
