/** How a report travels over HTTP: negotiation, the gate, the forms of a report, the notice. @module */
export { createDebugger } from './create-debugger.ts'
export { serveReport } from './serve-report.ts'
export { ReportAnswerer } from './report-answerer.ts'
