/** What the readers of values ask while they make one report. `ReportRedaction` implements it. */
export interface Redactor {
  /**
   * Whether the value under this name is to be hidden. Asked before the value is read; never runs user code.
   * A hidden string is remembered, so that its copies elsewhere in the report are hidden too.
   */
  hides(name: string, value: unknown): boolean
  /** The text with everything replaced that has the shape of a secret. Linear in its length. */
  text(text: string): string
  /** The value of a header as it may be shown. */
  header(name: string, value: string): string
}
