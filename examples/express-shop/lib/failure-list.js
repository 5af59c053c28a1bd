'use strict'

const failures = require('../failures.json')

/** The list of the URLs that fail, as text: what fails, and what you will see. */
function failureList(origin) {
  const entries = failures.map(({ method, url, boundary, fails, see, killsProcess }) => {
    const lines = [`${method} ${origin}${url}`, `  fails  ${boundary}: ${fails}`, `  see    ${see}`]
    if (killsProcess) lines.push('         kills the process')
    return lines.join('\n')
  })
  return [
    'express-shop, an example of Throwpoint',
    `These work: ${origin}/products  ${origin}/cart/17/total  ${origin}/orders/1001/invoice`,
    'These fail:',
    ...entries,
    '',
  ].join('\n\n')
}

module.exports = { failureList }
