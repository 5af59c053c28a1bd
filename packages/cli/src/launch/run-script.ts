import { parseArguments } from '../command/arguments.ts'
import { checkForgottenEquals } from '../command/forgotten-equals.ts'
import { runCommand } from '../command/table.ts'
import { UsageError } from '../command/usage-error.ts'
import { launch } from './launch.ts'

/** `throwpoint [options] script [arguments]` */
export function runScript(args: string[]): undefined {
  const given = parseArguments(runCommand, args, true)
  checkForgottenEquals(runCommand, given)
  const { options, nodeOptions, operands } = given
  const [script, ...rest] = operands
  if (script === undefined)
    throw new UsageError('There is no script to run: throwpoint [options] script [arguments]')
  if (script === 'inspect') {
    throw new UsageError('node inspect is a program of its own; use: throwpoint --inspect-brk script')
  }
  const isLikeOption = script.startsWith('-') && script !== '-'
  launch({ options, nodeOptions, script, arguments: [...(isLikeOption ? ['--'] : []), script, ...rest] })
}
