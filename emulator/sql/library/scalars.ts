import { type DuckDBConnection, DuckDBScalarFunction, VARCHAR } from '@duckdb/node-api'
import { numberText, textNumber } from './number-format.ts'

/** Registers the few functions that no macro can be: for all connections of the instance. */
export function registerScalars(connection: DuckDBConnection): void {
  for (const [name, compute] of Object.entries(SCALARS)) {
    connection.registerScalarFunction(
      DuckDBScalarFunction.create({
        name,
        returnType: VARCHAR,
        parameterTypes: [VARCHAR],
        mainFunction: (_info, input, output) => {
          const values = input.getColumnVector(0)
          for (let row = 0; row < input.rowCount; row++) {
            const value = values.getItem(row)
            output.setItem(row, value === null ? null : compute(String(value)))
          }
          output.flush()
        },
      }),
    )
  }
}

const SCALARS: Readonly<Record<string, (value: string) => string>> = {
  js_geojson: toGeoJson,
  js_decfloat: toDecfloat,
  js_json_tree: jsonTree,
  js_number_text: numberText,
  js_text_number: textNumber,
}

/** WKT as GeoJSON; what is GeoJSON already stays as it is. */
function toGeoJson(text: string): string {
  if (text.trimStart().startsWith('{')) return JSON.stringify(JSON.parse(text))
  const match = /^\s*(POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON)\s*(\(.*\))\s*$/i.exec(text)
  if (!match) throw new Error(`SF[100205 22P02] Error parsing Geo input: ${text}`)
  const kind = GEO_KINDS[(match[1] ?? '').toUpperCase()] ?? ''
  const json = (match[2] ?? '')
    .replace(/-?[\d.]+(?:\s+-?[\d.]+)+/g, (point) => `[${point.trim().split(/\s+/).map(Number).join(',')}]`)
    .replaceAll('(', '[')
    .replaceAll(')', ']')
  const coordinates: unknown = JSON.parse(json)
  return JSON.stringify({ coordinates: kind === 'Point' ? (coordinates as unknown[])[0] : coordinates, type: kind })
}

const GEO_KINDS: Readonly<Record<string, string>> = {
  POINT: 'Point',
  LINESTRING: 'LineString',
  POLYGON: 'Polygon',
  MULTIPOINT: 'MultiPoint',
  MULTILINESTRING: 'MultiLineString',
  MULTIPOLYGON: 'MultiPolygon',
}

/** Plain decimals as they are, else a scientific form with one digit before the point. */
function toDecfloat(text: string): string {
  const match = /^\s*([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?\s*$/.exec(text)
  if (!match || (match[2] === '' && match[3] === ''))
    throw new Error(`SF[100038 22018] Numeric value '${text}' is not recognized`)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return '0'
  const leadingZeros = (whole + fraction).length - digits.length
  const power = Number(exponent) + whole.length - leadingZeros - 1
  const significant = digits.replace(/0+$/, '')
  const minus = sign === '-' ? '-' : ''
  if (power >= 0 && power < 38) {
    const padded = significant.padEnd(power + 1, '0')
    const rest = padded.slice(power + 1)
    return `${minus}${padded.slice(0, power + 1)}${rest === '' ? '' : `.${rest}`}`
  }
  if (power < 0 && power > -8) return `${minus}0.${'0'.repeat(-power - 1)}${significant}`
  return `${minus}${significant[0]}${significant.length > 1 ? `.${significant.slice(1)}` : ''}e${power}`
}

/** All parts of a document, parents first, as FLATTEN(… RECURSIVE => TRUE) lists them. */
function jsonTree(text: string): string {
  const rows: unknown[] = []
  const visit = (node: unknown, path: string) => {
    if (typeof node !== 'object' || node === null) return
    const isList = Array.isArray(node)
    for (const [name, value] of Object.entries(node)) {
      const at = isList ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`
      rows.push({ key: isList ? null : name, path: at, index: isList ? Number(name) : null, value, this: node })
      visit(value, at)
    }
  }
  visit(JSON.parse(text), '')
  return JSON.stringify(rows)
}
