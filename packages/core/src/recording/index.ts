/** Recorded requests: reading a file, sending it again, and what is different then. @module */
export { compareAnswers, type BodyComparison, type Comparison } from './compare-answers.ts'
export { readExchange } from './read-exchange.ts'
export type {
  HeaderPairs,
  RecordedBody,
  RecordedException,
  RecordedExchange,
  RecordedRequest,
  RecordedResponse,
} from './recorded-exchange.ts'
export { renderComparison } from './render-comparison.ts'
export { sendExchange, type Answer, type SendOptions, type Sent } from './send-exchange.ts'
