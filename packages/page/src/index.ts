/** The error page: a report as one self-contained HTML document. Knows nothing but the report format. @module */
export { type PageOptions, renderPage } from './render-page.ts'
