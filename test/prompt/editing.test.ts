import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { start } from './held-server.ts'

vi.setConfig({ testTimeout: 180_000 })

const lonely = fileURLToPath(new URL('lonely.mjs', import.meta.url))
const binaries = process.env['THROWPOINT_FULL'] === '1' ? ['', 'node22', 'node24', 'node26'] : ['']

describe.each(binaries)('a line at the prompt %s', (binary) => {
  const node =
    binary === ''
      ? process.execPath
      : fileURLToPath(new URL(`../../node_modules/${binary}/bin/node`, import.meta.url))

  it('is edited as in a shell', async () => {
    const { terminal } = start({ command: `"${node}" "${lonely}"` })
    await terminal.shown(/GREETING 100 true\n\(fixture\)$/)

    // Completion; keys behind it wait for it.
    terminal.type('req\t')
    await terminal.shown(/\(fixture\) request\.$/)
    terminal.type('b\t\r')
    await terminal.shown(/REPLY 1 request\.body\n\(fixture\)$/)

    // Over several lines.
    terminal.type('f(\r')
    await terminal.shown(/\(fixture\) f\(\n\.\.\.$/)
    terminal.type('1)\r')
    await terminal.shown(/REPLY 2 f\(\|1\)\n\(fixture\)$/)

    // Pasted: nothing runs before Enter, not even the line feed at its end.
    terminal.type('\u001b[200~a = {\r\n\tb: 1,\r\n}\r\n\u001b[201~')
    await terminal.shown(/\(fixture\) a = \{\n\.\.\. {3}b: 1,\n\.\.\. \}$/)
    terminal.type('\r')
    await terminal.shown(/REPLY 3 a = \{\| {2}b: 1,\|\}\n\(fixture\)$/)

    // A block is one entry of the history, on one line.
    terminal.type('\u001b[A')
    await terminal.shown(/\(fixture\) a = \{⏎ {2}b: 1,⏎\}$/)
    terminal.type('\r')
    await terminal.shown(/REPLY 4 a = \{\| {2}b: 1,\|\}\n\(fixture\)$/)

    // Wide characters, and the cursor between them.
    terminal.type('漢字ab\u001b[D\u001b[DX')
    await terminal.shown(/\(fixture\) 漢字Xab$/)
    terminal.type('\r')
    await terminal.shown(/REPLY 5 漢字Xab\n\(fixture\)$/)

    // Longer than the screen is wide.
    terminal.type('0123456789'.repeat(15))
    await terminal.shown(/\(fixture\) (?:0123456789){9}\n(?:0123456789){6}$/)
    terminal.type('\u0001<\u0005>\r')
    await terminal.shown(/REPLY 6 <[0-9]+\n[0-9]+>\n\(fixture\)$/)

    // Keys typed while a command runs come after it; Ctrl-C forgets them.
    terminal.type('wait\rforgotten')
    await terminal.shown(/\(fixture\) wait\n$/)
    terminal.type('\u0003')
    await terminal.shown(/\^C\nABORTED\n\(fixture\)$/)

    // Another width.
    terminal.resize(60, 40)
    terminal.type('x\r')
    await terminal.shown(/REPLY 8 x\n\(fixture\)$/)
    terminal.type('log\r')
    await terminal.shown(/application log\nREPLY 9 log\n\(fixture\)$/)
    terminal.type('\u0004')
    await terminal.shown(/Ctrl-D: continue\nbye\nCLOSED\nEND 0/)
  })
})

it('has no colours where nobody wants them', async () => {
  const { terminal } = start({ command: `"$NODE" "${lonely}"`, env: { NO_COLOR: '1' } })
  await terminal.shown(/GREETING 100 false\n\(fixture\)$/)
  terminal.type('\u0004')
  await terminal.shown('END 0')
  // oxlint-disable-next-line no-control-regex -- it is about them
  expect(terminal.text).not.toMatch(/\u001b\[[\d;]+m/)
})

it('on a dumb terminal has the keys of one', async () => {
  const { terminal } = start({ command: `TERM=dumb "$NODE" "${lonely}"` })
  await terminal.shown(/\(fixture\)$/)
  terminal.type('abX\u007fc \u6f22\u001b[A\t\r')
  await terminal.shown(/REPLY 1 abc \u6f22\n\(fixture\)$/)
  terminal.type('half\u0003')
  await terminal.shown(/\(fixture\) half\^C\n\(fixture\)$/)
  terminal.type('gone\u0015f(\r1)\r')
  await terminal.shown(/REPLY 2 f\(\|1\)\n\(fixture\)$/)
  // oxlint-disable-next-line no-control-regex -- what must not be there has to be named
  expect(terminal.text).not.toMatch(/\u001b/)
  terminal.type('exit\r')
  await terminal.shown('END')
})
