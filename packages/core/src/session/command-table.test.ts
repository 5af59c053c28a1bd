import { describe, expect, it } from 'vitest'
import { handlerReport } from '../../../../test/report-samples.ts'
import { commandNamed, commandNames, commandTable, commandTableMarkdown } from './command-table.ts'
import { converse } from './conversation.ts'
import { dumpDebuggee } from './dump-debuggee.ts'
import { parseLine } from './parse-line.ts'
import { Session } from './session.ts'

const subject = {
  debuggee: dumpDebuggee(handlerReport, 'a.json'),
  client: 'a test',
  services: { rcFile: null },
}
const view = { colors: false, columns: 100 }

it('has no name twice', () => {
  const names = commandTable.flatMap(({ name, aliases }) => [name, ...aliases])
  expect(names.toSorted()).toEqual([...new Set(names)].sort())
  expect(commandNames()).toEqual(names)
})

describe.each(commandTable.map((command) => [command.name, command] as const))('%s', (name, command) => {
  it('is what its example means', () => {
    const parsed = parseLine(command.example, new Session(subject))
    expect(parsed).toMatchObject({ kind: 'command', command })
  })

  it('has help that says all, by each of its names', async () => {
    const conversation = converse(subject)
    for (const one of [name, ...command.aliases]) {
      const { text, error } = await conversation.execute(`help ${one}`, view)
      expect(error).toBeUndefined()
      const words = text.replaceAll(/\s+/g, ' ')
      for (const part of [command.arguments, command.help, command.details, command.example]) {
        expect(words).toContain(part.replaceAll(/\s+/g, ' '))
      }
    }
  })
})

it('help lists every command that is possible, in lines that fit', async () => {
  const { text, data } = await converse(subject).execute('help', { colors: false, columns: 80 })
  for (const { name, group } of commandTable) {
    if (group !== 'not here') expect(text).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
  }
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  expect(data).toHaveLength(commandTable.length)
})

it('the table of the README has all of them', () => {
  const table = commandTableMarkdown()
  const rows = table.trimEnd().split('\n')
  for (const { name } of commandTable) expect(table).toContain(`\`${name}`)
  for (const row of rows) expect(row.replaceAll(String.raw`\|`, '').split('|')).toHaveLength(5)
})

it('completes names of commands, and only whole ones', async () => {
  const conversation = converse(subject)
  expect(await conversation.complete('wh')).toEqual(['whatis', 'where'])
  expect(await conversation.complete('.exc')).toEqual(['.exceptions'])
  expect(await conversation.complete('help unm')).toEqual(['unmute'])
  expect(commandNamed('nothing')).toBeUndefined()
})
