import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { reportHeaders } from '../../packages/http/src/answer-headers.ts'
import { renderForm } from '../../packages/http/src/forms.ts'
import type { Report } from '../../packages/protocol/src/index.ts'

/** Serves report pages as they are answered, with all their headers. */
export class PageServer {
  readonly #server: Server
  readonly #pages = new Map<string, { readonly report: Report; readonly as: 'answer' | 'report' }>()
  /** Where the places of frames lead. */
  editor: string | undefined = 'vscode://file/{file}:{line}:{column}'
  /** Every request that came. */
  readonly requests: string[] = []

  constructor() {
    this.#server = createServer((req, res) => {
      this.requests.push(req.url!)
      const page = this.#pages.get(req.url!)
      if (page === undefined) {
        this.#sendJson(req, res)
        return
      }
      const link = `${this.origin}/__throwpoint/${page.report.id}`
      const rendering = renderForm(page.report, 'page', { link, as: page.as, editor: this.editor })
      for (const [name, value] of reportHeaders(rendering, page.report.id)) res.setHeader(name, value)
      res.statusCode = page.as === 'answer' ? 500 : 200
      res.end(rendering.body)
    })
  }

  /** What the link to the JSON leads to. */
  #sendJson(req: IncomingMessage, res: ServerResponse): void {
    const found = [...this.#pages.values()].find(
      ({ report }) => req.url === `/__throwpoint/${report.id}.json`,
    )
    if (found === undefined) return void res.writeHead(404).end()
    res.end(renderForm(found.report, 'json', { link: this.origin, as: 'report' }).body)
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  stop(): void {
    this.#server.close().closeAllConnections()
  }

  /** The address of a page. */
  add(report: Report, as: 'answer' | 'report' = 'answer'): string {
    const path = `/page-${this.#pages.size}`
    this.#pages.set(path, { report, as })
    return this.origin + path
  }
}
