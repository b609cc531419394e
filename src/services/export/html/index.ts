export { encodeHtml, type HtmlOptions } from './encode-html.ts'
