/** Snowflake's `a.b[0]` and `['a']` as a JSON path of DuckDB's. */
export function jsonPath(path: string): string {
  const steps = path.match(/\[\s*'(?:[^'])*'\s*\]|\[\s*\d+\s*\]|"(?:[^"]|"")*"|[^.[\]"]+/g) ?? []
  const texts = steps.map((step) => {
    if (/^\[\s*\d/.test(step)) return step.replaceAll(/\s/g, '')
    const name = step.startsWith('[')
      ? step.replace(/^\[\s*'|'\s*\]$/g, '')
      : step.startsWith('"')
        ? step.slice(1, -1)
        : step
    return `."${name.replaceAll('"', '\\"')}"`
  })
  return `$${texts.join('')}`
}
