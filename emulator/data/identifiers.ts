import type { Random } from './random.ts'

/** The digit that makes a card number pass Luhn's check (ISO/IEC 7812-1). */
export function luhnDigit(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return String((10 - (sum % 10)) % 10)
}

export function passesLuhn(number: string): boolean {
  return luhnDigit(number.slice(0, -1)) === number.slice(-1)
}

/** Check digits of an IBAN: ISO 7064 MOD 97-10 over the account, the country and two zeros. */
export function ibanCheckDigits(country: string, account: string): string {
  const numeric = [...`${account}${country}00`].map((char) => Number.parseInt(char, 36)).join('')
  return String(98n - (BigInt(numeric) % 97n)).padStart(2, '0')
}

export function passesIbanCheck(iban: string): boolean {
  return ibanCheckDigits(iban.slice(0, 2), iban.slice(4)) === iban.slice(2, 4)
}

const CARD_PREFIXES = ['4539', '4556', '4916', '5105', '5425', '5256', '2221']

export function cardNumber(random: Random): string {
  const digits = random.pick(CARD_PREFIXES) + random.digits(11)
  return digits + luhnDigit(digits)
}

/** German accounts have 18 digits, Dutch ones four letters and ten digits. */
export function iban(random: Random): string {
  const country = random.pick(['DE', 'NL'])
  const account = country === 'DE' ? random.digits(18) : `INGB${random.digits(10)}`
  return `${country}${ibanCheckDigits(country, account)}${account}`
}

/** A social security number of a form that is given out: no area 000, 666 or 9xx, no group 00, no serial 0000. */
export function socialSecurityNumber(random: Random): string {
  const area = random.pick([random.between(1, 665), random.between(667, 899)])
  return [
    String(area).padStart(3, '0'),
    String(random.between(1, 99)).padStart(2, '0'),
    String(random.between(1, 9999)).padStart(4, '0'),
  ].join('-')
}

export function phone(random: Random): string {
  return random.pick([
    `+1 ${random.between(201, 989)} 555 ${random.digits(4)}`,
    `+49 30 ${random.digits(8)}`,
    `+44 20 ${random.digits(8)}`,
  ])
}
