/** The anchors of a document, as GitHub makes them from its headings. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const headings = text.matchAll(/^#+ +(.+)$/gm)
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  )
}
