import { readFileSync } from 'node:fs'

interface Failure {
  readonly method: string
  readonly url: string
  readonly boundary: string
  readonly fails: string
  readonly see: string
  readonly killsProcess: boolean
}

const file = new URL('../failures.json', import.meta.url)
const failures = JSON.parse(readFileSync(file, 'utf8')) as Failure[]

/** The list of the URLs that fail, as text: what fails, and what you will see. */
export function failureList(origin: string): string {
  const entries = failures.map(({ method, url, boundary, fails, see, killsProcess }) => {
    const lines = [`${method} ${origin}${url}`, `  fails  ${boundary}: ${fails}`, `  see    ${see}`]
    if (killsProcess) lines.push('         kills the process')
    return lines.join('\n')
  })
  return [
    'express-typescript, an example of Throwpoint',
    `These work: ${origin}/rooms  ${origin}/rooms/attic/calendar.ics  ${origin}/floorplan?floor=1`,
    'These fail:',
    ...entries,
    '',
  ].join('\n\n')
}
