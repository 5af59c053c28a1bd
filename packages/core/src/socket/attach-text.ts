import { oneLine } from '../report/visible.ts'
import type { ProcessInfo } from './messages.ts'

/** What is said while no request waits. */
export function waitingText({ pid, thread, script }: ProcessInfo): string {
  const who = thread === 0 ? `${pid}` : `${pid}-${thread}`
  return `Attached to ${who}${script === '' ? '' : ` (${oneLine(script)})`}. No request waits: the next exception opens here. help lists what can be done meanwhile.`
}

export const waitingHelp: string = [
  'No request waits yet; the next exception opens here, with its variables. Meanwhile:',
  '  requests, rq   the requests in flight, and where they wait',
  '  sessions, ss   what waits',
  '  detach         leave, as Ctrl-D does; the server goes on',
].join('\n')
