import { createInterface } from 'node:readline/promises'
import { isRunning } from '@throwpoint/core/client'
import { UsageError } from '../command/usage-error.ts'
import { labelOf, processTable, type RunningProcess } from './processes.ts'

/**
 * The process that is meant.
 *
 * @param given as it was typed; undefined: the one there is, or a choice
 * @param ask whether somebody can be asked
 * @returns undefined when the question was not answered
 * @throws UsageError when there is none, or not one alone
 */
export async function choose(
  processes: readonly RunningProcess[],
  given: string | undefined,
  ask: boolean,
): Promise<RunningProcess | undefined> {
  const columns = process.stderr.columns ?? 80
  if (given !== undefined) {
    const found = processes.find(({ info }) => labelOf(info) === given)
    if (found !== undefined) return found
    const why = isRunning(Number.parseInt(given, 10))
      ? `The process ${given} has no session of yours: start it with --session, or with THROWPOINT_TERMINAL=session`
      : `There is no process ${given}`
    const others =
      processes.length === 0 ? '' : `. These have a session:\n${processTable(processes, columns)}`
    throw new UsageError(`${why}${others}`, 'attach')
  }
  if (processes.length === 0) {
    throw new UsageError('No program with a session runs. Start one: throwpoint --session app.js', 'attach')
  }
  if (processes.length === 1) return processes[0]
  const waiting = processes.filter(({ holds }) => holds.length > 0)
  if (!ask) {
    if (waiting.length === 1) return waiting[0]
    const rows = processTable(processes, columns)
    throw new UsageError(`${processes.length} programs have a session; say which:\n${rows}`, 'attach')
  }
  return askWhich(processes, waiting[0] ?? processes.at(-1)!, columns)
}

async function askWhich(
  processes: readonly RunningProcess[],
  standard: RunningProcess,
  columns: number,
): Promise<RunningProcess | undefined> {
  process.stderr.write(`${processTable(processes, columns)}\n`)
  const question = createInterface({ input: process.stdin, output: process.stderr })
  try {
    for (;;) {
      const label = labelOf(standard.info)
      const answer = await answered(question, `Attach to which PID? [${label}] `)
      if (answer === undefined) return undefined
      const found = processes.find(({ info }) => labelOf(info) === (answer || label))
      if (found !== undefined) return found
      process.stderr.write(`${answer} is none of them.\n`)
    }
  } finally {
    question.close()
  }
}

/** Undefined after Ctrl-C or Ctrl-D. */
function answered(question: ReturnType<typeof createInterface>, text: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    question.once('close', () => {
      process.stderr.write('\n')
      resolve(undefined)
    })
    question.question(text).then(
      (answer) => resolve(answer.trim()),
      () => resolve(undefined),
    )
  })
}
