import type { ServerResponse } from 'node:http'

export interface Notice {
  readonly id: string
  readonly link: string
}

/** What is written into a body that breaks off; undefined where the body cannot carry a notice. */
export function noticeFor(_res: ServerResponse, _notice: Notice): string | undefined {
  return undefined
}
