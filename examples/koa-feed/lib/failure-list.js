import { readFileSync } from 'node:fs'

const failures = JSON.parse(readFileSync(new URL('../failures.json', import.meta.url), 'utf8'))

/** The list of the URLs that fail, as text: what fails, and what you will see. */
export function failureList(origin) {
  const entries = failures.map(({ method, url, boundary, fails, see, killsProcess }) => {
    const lines = [`${method} ${origin}${url}`, `  fails  ${boundary}: ${fails}`, `  see    ${see}`]
    if (killsProcess) lines.push('         kills the process')
    return lines.join('\n')
  })
  return [
    'koa-feed, an example of Throwpoint',
    `These work: ${origin}/articles  ${origin}/articles/rain-again  ${origin}/events?last=4`,
    'These fail:',
    ...entries,
    '',
  ].join('\n\n')
}
