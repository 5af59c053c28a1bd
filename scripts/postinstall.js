// The packages `node22`, `node24` and `node26` bring other versions of Node for the tests, and each wants to be the
// `node` of every npm script. Their link goes, so that `npm test` and `npm start` run on the Node of the reader.
import { readlinkSync, rmSync } from 'node:fs'

const link = new URL('../node_modules/.bin/node', import.meta.url)
try {
  if (/node2\d[\\/]bin[\\/]node$/.test(readlinkSync(link))) rmSync(link)
} catch {
  // There is none.
}
