import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { commandTableMarkdown } from '../../packages/core/src/session/command-table.ts'
import { optionTable } from '../../packages/core/src/options/option-table.ts'

const docs = readFileSync(new URL('../../docs/terminal.md', import.meta.url), 'utf8')

it('docs/terminal.md has every command of the session, as help has it', () => {
  const [, table] = /<!-- commands -->\s([^]*?)\s<!-- \/commands -->/.exec(docs) ?? []
  expect(table!.trim()).toBe(commandTableMarkdown().trim())
})

it('docs/terminal.md names no variable there is not', () => {
  const known = new Set(optionTable.flatMap(({ variables }) => variables.map(({ name }) => name)))
  for (const name of ['SINGLE_PROCESS', 'TTY', 'RUN_DIR', 'REQUESTS'].map((end) => `THROWPOINT_${end}`))
    known.add(name)
  for (const [name] of docs.matchAll(/THROWPOINT_[A-Z_]+/g)) expect([...known]).toContain(name)
})
