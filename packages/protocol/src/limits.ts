/** How much is read, kept and sent. One object, passed everywhere. */
export interface Limits {
  /** Frames in a report. @default 100 */
  readonly frames: number
  /** Levels of nested objects below a variable. @default 4 */
  readonly depth: number
  /** Own properties of one object. @default 50 */
  readonly properties: number
  /** Items of one array, Map, Set or typed array. @default 100 */
  readonly items: number
  /** Characters (UTF-16 code units) of one string. @default 10_000 */
  readonly stringLength: number
  /** Causes and aggregated errors in all. @default 20 */
  readonly causes: number
  /** Bytes of one report as JSON. @default 2 MiB */
  readonly reportBytes: number
  /** Bytes of a request body that are kept. @default 64 KiB */
  readonly bodyBytes: number
  /** Milliseconds of reading values for one report; what is not read by then says `budget`. @default 100 */
  readonly budgetMs: number
}

export const defaultLimits: Limits = Object.freeze({
  frames: 100,
  depth: 4,
  properties: 50,
  items: 100,
  stringLength: 10_000,
  causes: 20,
  reportBytes: 2 * 1024 * 1024,
  bodyBytes: 64 * 1024,
  budgetMs: 100,
})
