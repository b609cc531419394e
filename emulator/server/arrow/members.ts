/** Members of structured values: native JSON there, cells of a column of their own in Arrow. */
import type { Cell, Column } from '../../engine.ts'
import { momentText } from '../../moment-text.ts'
import { rawJson, toJson } from '../json.ts'

/** A column whose values Arrow keeps as structs, lists or maps. */
export function isNested({ type, fields }: Column): boolean {
  return fields !== undefined && (type === 'object' || type === 'array' || type === 'map')
}

/** JSON whose numbers keep all their digits. */
export function parseMembers(json: string): unknown {
  return JSON.parse(json, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' ? rawJson(context?.source ?? String(value)) : value,
  )
}

export function memberCell({ type, scale }: Column, value: unknown): Cell {
  if (value === null || value === undefined) return null
  const text = typeof value === 'string' ? value : toJson(value)
  switch (type) {
    case 'object':
    case 'array':
    case 'map':
    case 'variant':
      return toJson(value)
    case 'boolean':
      return value === true ? '1' : '0'
    case 'date':
      return String(Date.parse(`${text}T00:00Z`) / MILLISECONDS_A_DAY)
    case 'time':
      return secondsText(Date.parse(`1970-01-01T${text}Z`), scale ?? 0)
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return momentCell(text, type, scale ?? 0)
    default:
      return text
  }
}

export function memberValue({ type }: Column, cell: Cell): unknown {
  if (cell === null) return null
  switch (type) {
    case 'object':
    case 'array':
    case 'map':
    case 'variant':
      return parseMembers(cell)
    case 'boolean':
      return cell === '1'
    case 'fixed':
    case 'real':
      return Number.isFinite(Number(cell)) ? rawJson(cell) : cell
    case 'date':
      return isoText(Number(cell) * MILLISECONDS_A_DAY).slice(0, 10)
    case 'time':
      return isoText(Number(cell) * 1000).slice(11, 19)
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return momentText(cell, type)
    default:
      return cell
  }
}

const MILLISECONDS_A_DAY = 86_400_000
const UTC = 1440

function isoText(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

/** Of `2020-01-01 10:00:00.000 +0200`. */
function momentCell(text: string, type: string, scale: number): string {
  const [date = '', time = '', zone = '+0000'] = text.split(' ')
  const [, sign = '', hours = '0', minutes = '0'] = /^([+-])(\d\d)(\d\d)$/.exec(zone) ?? []
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
  const seconds = secondsText(Date.parse(`${date}T${time}Z`) - offset * 60_000, scale)
  return type === 'timestamp_tz' ? `${seconds} ${UTC + offset}` : seconds
}

function secondsText(milliseconds: number, scale: number): string {
  const size = Math.abs(milliseconds)
  const fraction = String(size % 1000)
    .padStart(3, '0')
    .padEnd(9, '0')
    .slice(0, scale)
  return `${milliseconds < 0 ? '-' : ''}${Math.floor(size / 1000)}${scale === 0 ? '' : `.${fraction}`}`
}
