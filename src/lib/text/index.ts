/** Text for people: what comes from outside is made safe to show, measured, cut and laid out. */
export { closest } from './closest.ts'
export { displayWidth, pad, truncate, wrap } from './display-width.ts'
export { alwaysPaint, createPaint, type Paint } from './paint.ts'
export { renderTable, type Table, type TableColumn, type TableStyle } from './render-table.ts'
export { safeLine, safeLines } from './safe-text.ts'
