/** The words of Throwpoint. Imports nothing, runs anywhere. @module */
export type * from './report.ts'
export type { Property, UnavailableReason, Value, ValueSubtype, ValueType } from './value.ts'
export { defaultLimits, type Limits } from './limits.ts'
export { isReport } from './guards.ts'
