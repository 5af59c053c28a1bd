import type { Report } from '@throwpoint/protocol'

export interface PageOptions {
  /** For the one `<style>` and the one `<script>`. */
  readonly nonce: string
  /** With the script that adds copy buttons and keys. */
  readonly script: boolean
  /** Absolute address of the report. */
  readonly link: string
  /** The other forms of the report, to copy. */
  readonly copies: { readonly markdown: string; readonly text: string; readonly json: string }
}

export function renderPage(report: Report, { nonce, copies }: PageOptions): string {
  const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>${escape(report.error.name)}</title><style nonce="${nonce}">:root{color-scheme:light dark}</style><pre>${escape(copies.text)}</pre></html>`
}
