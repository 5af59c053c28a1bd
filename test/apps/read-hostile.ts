/* Reads every hostile value on the Node at hand and prints what was called, and some that only plain Node has. */
import * as self from './read-hostile.ts'
import { isReport } from '../../packages/protocol/src/guards.ts'
import { safeGet } from '../../packages/core/src/primordials.ts'
import { hostileValues } from '../hostile-values.ts'
import { readValue, reportOfThrown, reportWith } from '../read-corpus.ts'

const early = readValue(self)
const earlyRead = safeGet(self, 'later')
export const later = 1

const faults: string[] = []
for (const { name, make } of hostileValues) {
  let calls = 0
  const value = make(() => calls++)
  const reports = [
    reportOfThrown(value),
    reportWith(readValue(value)),
    reportWith(readValue({ list: [value] })),
  ]
  if (calls !== 0) faults.push(`${name}: called ${calls} times`)
  const read = reports.every((report) => isReport(JSON.parse(JSON.stringify(report))))
  if (!read) faults.push(`${name}: no report`)
}

class Named extends Error {
  override get name(): string {
    throw new Error('the getter was called')
  }
}

const first = (error: unknown): string =>
  String(safeGet(error, 'stack').value).split('\n').slice(0, 2).join('')
const unread = new Error('before')
readValue(unread)
unread.message = 'after'

console.log(
  JSON.stringify({
    node: process.versions.node.split('.')[0],
    values: hostileValues.length,
    faults,
    uninitialized: [
      early.children?.find(({ name }) => name === 'later')?.value.unavailable,
      earlyRead.unavailable,
    ],
    plain: first(new TypeError('plain')),
    named: first(new Named('named')),
    unread: unread.stack?.split('\n')[0],
    ours: Error.prepareStackTrace?.name === 'hook',
  }),
)
