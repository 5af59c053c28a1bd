import { statSync } from 'node:fs'
import type { Arguments } from './arguments.ts'
import type { CommandEntry } from './table.ts'
import { UsageError } from './usage-error.ts'

/**
 * `--dump DIR app.js`: the value of `--dump` may be left out, so DIR would be taken for the program.
 *
 * @throws UsageError when the first operand cannot be the program, and an option may have been given it
 */
export function checkForgottenEquals(command: CommandEntry, { options, operands }: Arguments): void {
  const [first, second] = operands
  if (first === undefined) return
  for (const { name, value, optional } of command.options) {
    if (value === undefined || optional !== true || options.get(name)?.at(-1) !== '') continue
    const kind = kindOf(first)
    // A folder may have an index.js, and a file may be named without its ending.
    const cannotBe = second === undefined ? kind === undefined && !hasEnding(first) : kind !== 'file'
    if (!cannotBe || (second !== undefined && kindOf(second) !== 'file')) continue
    const program = second ?? command.operands.replace(/^\[options\] | \[arguments\]$/g, '')
    throw new UsageError(
      `${first} is no program. The value of --${name} stands behind an equals sign: --${name}=${first} ${program}`,
      command.name,
    )
  }
}

function kindOf(name: string): 'file' | 'folder' | undefined {
  try {
    return statSync(name).isDirectory() ? 'folder' : 'file'
  } catch {
    return undefined
  }
}

/** Node says itself that such a file is missing. */
function hasEnding(name: string): boolean {
  return /\.\w+$/.test(name) || ['.js', '.json', '.node'].some((end) => kindOf(name + end) === 'file')
}
