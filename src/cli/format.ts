/** Commands write times, durations, sizes and counts as every view of the record does. */
export { formatBytes, formatCount, formatDuration, formatOffset, formatTime } from '../lib/format.ts'
