import fs from 'node:fs'
import { ThrowpointError } from '../../errors.ts'
import { dumpFault } from '../../dump/dump-fault.ts'
import { dumpNameOf } from '../../dump/dump-file.ts'
import { DumpWriter } from '../../dump/dump-writer.ts'
import { stateDirectory } from '../../options/project.ts'
import { redactSource } from '../../redact/redaction.ts'
import { sourcesOf } from '../../report/build-report.ts'
import { jsonText } from '../../report/json-text.ts'
import type { Command } from '../command.ts'
import { pathOf } from '../transcript.ts'
import type { Turn } from '../turn.ts'

const { closeSync, constants, openSync, writeSync, unlinkSync } = fs

const hist: Command = {
  name: 'hist',
  aliases: ['history'],
  arguments: '[/regexp/ | word]',
  group: 'session',
  help: 'The lines of this session',
  details: 'The prompt finds those of earlier sessions with the arrow keys.',
  example: 'hist order',
  run({ session, paint }, args) {
    const all = session.history.map((line, index) => ({ number: index + 1, line }))
    const found =
      args === '' ? all : all.filter(({ line }) => line.toLowerCase().includes(args.toLowerCase()))
    const lines = found.map(
      ({ number, line }) => `${paint.dim(String(number).padStart(4))}  ${line.replaceAll('\n', '\n      ')}`,
    )
    return {
      lines: lines.length === 0 ? [paint.dim('No lines.')] : lines,
      data: { lines: found.map(({ line }) => line) },
    }
  },
}

const save: Command = {
  name: 'save',
  aliases: [],
  arguments: '[file]',
  group: 'session',
  help: 'Write a dump of this exception, for `throwpoint open`',
  details:
    'With the report and the sources of your files in it, readable by you alone. Without a name it goes to the dumps of this project. A file that is there already is not replaced.',
  example: 'save ./cart.throwpoint.json',
  run({ session }, args) {
    const { report } = session
    const sources = session.debuggee.origin === 'capture' ? sourcesOf(report) : (report.sources ?? {})
    const file = args === '' ? toProject(report, sources) : toFile(args, report, sources)
    return {
      lines: [
        `Written to ${file}`,
        `npx throwpoint open ${/^[\w./@+~-]+$/.test(file) ? file : JSON.stringify(file)}`,
      ],
      data: { file },
    }
  },
}

function toProject(report: Turn['session']['report'], sources: Readonly<Record<string, string>>): string {
  const directory = stateDirectory('dump', true, process.env, [])
  if (directory === false)
    throw new ThrowpointError('TP_DUMP_FAILED', 'There is no home directory: give the path of a file.')
  const written = new DumpWriter({ directory }).write(report, sources)
  if ('file' in written) return written.file
  throw new ThrowpointError('TP_DUMP_FAILED', `Not written: ${written.error} ${dumpNameOf(report)}`)
}

function toFile(
  name: string,
  report: Turn['session']['report'],
  sources: Readonly<Record<string, string>>,
): string {
  const path = pathOf(name)
  const safe = Object.fromEntries(Object.entries(sources).map(([file, text]) => [file, redactSource(text)]))
  const bytes = Buffer.from(jsonText({ ...report, sources: safe }))
  try {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
    const descriptor = openSync(path, O_WRONLY | O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0), 0o600)
    try {
      for (let at = 0; at < bytes.byteLength;) at += writeSync(descriptor, bytes, at)
    } catch (error) {
      unlinkSync(path)
      throw error
    } finally {
      closeSync(descriptor)
    }
    return path
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why =
      code === 'EEXIST'
        ? `${path} is there already; give another name.`
        : dumpFault(path, code).replaceAll('give "dump"', 'give')
    throw new ThrowpointError('TP_DUMP_FAILED', `Not written: ${why}`)
  }
}

const transcript: Command = {
  name: 'transcript',
  aliases: [],
  arguments: '[file | off]',
  group: 'session',
  help: 'Write what is typed and answered from now on to a file',
  details:
    'What is there is kept; the new lines come behind it. Secrets are hidden as on the screen. `transcript off` ends it.',
  example: 'transcript ./cart.txt',
  run({ session, paint }, args) {
    const { transcript: writer } = session
    if (args === '') {
      const line = writer.file === undefined ? 'Nothing is written.' : `Written to ${writer.file}`
      return { lines: [paint.dim(line)], data: { file: writer.file ?? null } }
    }
    if (args === 'off') {
      writer.stop()
      return { lines: [paint.dim('Ended.')], data: { file: null } }
    }
    try {
      const file = writer.start(args)
      return { lines: [paint.dim(`Written to ${file}; "transcript off" ends it.`)], data: { file } }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      throw new ThrowpointError(
        'TP_BAD_COMMAND',
        `${args} cannot be written (${code ?? 'unknown'}): give another file.`,
      )
    }
  },
}

const mostAliases = 200

const alias: Command = {
  name: 'alias',
  aliases: [],
  arguments: '[name [commands]]',
  group: 'session',
  help: 'A name for commands; %1 to %9 are the words behind it, %* all of them',
  details:
    'Without a name it lists those there are; `alias name` shows one; `unalias name` ends it. Those of the rc file are there in each session.',
  example: 'alias rows pp %1.rows',
  run({ session, paint }, args) {
    const { aliases } = session
    const [, name, text = ''] = /^(\S+)(?:\s+([^]*))?$/.exec(args) ?? []
    if (name === undefined || text === '') {
      const shown = [...aliases].filter(([one]) => name === undefined || one === name)
      const none = name === undefined ? 'There are none.' : `There is no alias ${name}.`
      const lines = shown.map(([one, commands]) => `${paint.strong(one)}  ${commands}`)
      return {
        lines: lines.length === 0 ? [paint.dim(none)] : lines,
        data: { aliases: Object.fromEntries(shown) },
      }
    }
    if (!/^[A-Za-z][\w-]*$/.test(name))
      throw new ThrowpointError(
        'TP_BAD_COMMAND',
        `${JSON.stringify(name)} is no name: letters, digits, _ and -.`,
      )
    if (aliases.size >= mostAliases && !aliases.has(name))
      throw new ThrowpointError('TP_BAD_COMMAND', `There are ${mostAliases} already.`)
    aliases.set(name, text)
    return { lines: [], data: { aliases: { [name]: text } } }
  },
}

const unalias: Command = {
  name: 'unalias',
  aliases: [],
  arguments: 'name',
  group: 'session',
  help: 'End an alias',
  details: 'A command that had its name is back then.',
  example: 'unalias rows',
  run({ session }, args) {
    if (!session.aliases.delete(args))
      throw new ThrowpointError('TP_BAD_COMMAND', `There is no alias ${JSON.stringify(args)}.`)
    return { lines: [], data: { aliases: Object.fromEntries(session.aliases) } }
  },
}

function refused(name: string, aliases: readonly string[], what: string, way: string): Command {
  return {
    name,
    aliases,
    arguments: '',
    group: 'not here',
    help: what,
    details: way,
    example: name,
    run({ session }) {
      const reason =
        session.hold?.reason === 'breakpoint'
          ? 'This is a breakpoint that holds one request while the server goes on: nothing is stopped that could step.'
          : 'The stack has unwound: this is what was left of it, and nothing runs that could be stepped or stopped.'
      throw new ThrowpointError('TP_NOT_IN_SESSION', `${what} is not possible here. ${reason} ${way}`)
    },
  }
}

const stepping =
  'To step, start with "node --inspect", attach a debugger and set the option break: \'boundary\', or write "await breakpoint()" before the line.'
const breaking =
  'To stop somewhere, write "await breakpoint()" there and send the request again ("retry" or "replay"), or attach a debugger ("node --inspect").'

/** What other debuggers have, and why it is not here. */
const refusedCommands: readonly Command[] = [
  refused('step', ['s', 'stepi'], 'Stepping', stepping),
  refused('next', ['n', 'nexti'], 'Stepping', stepping),
  refused('finish', ['return', 'out', 'stepout', 'o'], 'Stepping out', stepping),
  refused('until', ['unt', 'advance'], 'Running to a line', stepping),
  refused('jump', ['j'], 'Jumping', stepping),
  refused('catch', ['watch', 'condition'], 'Setting such a breakpoint', breaking),
  refused(
    'run',
    ['restart'],
    'Starting the program again',
    'End it with "kill" and start it in the shell; "retry" runs this request once more.',
  ),
]

export const sessionCommands: readonly Command[] = [
  hist,
  save,
  transcript,
  alias,
  unalias,
  ...refusedCommands,
]
