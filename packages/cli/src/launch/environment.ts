import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { decideDevelopment, type Environment } from '@throwpoint/core/development'
import type { Arguments } from '../command/arguments.ts'

type Options = Arguments['options']

/** How each option travels down into the program. */
const variables: ReadonlyArray<readonly [option: string, variable: string, value?: string]> = [
  ['session', 'THROWPOINT_TERMINAL', 'session'],
  ['break-on-start', 'THROWPOINT_BREAK_ON_START', '1'],
  ['single-process', 'THROWPOINT_SINGLE_PROCESS', '1'],
  ['dump', 'THROWPOINT_DUMP'],
  ['record', 'THROWPOINT_RECORD'],
  ['engine', 'THROWPOINT_ENGINE'],
  ['include', 'THROWPOINT_INCLUDE'],
  ['exclude', 'THROWPOINT_EXCLUDE'],
]

export interface ProgramEnvironment {
  readonly environment: NodeJS.ProcessEnv
  /** Why nothing of ours is to be loaded; undefined when it is. */
  readonly plain: string | undefined
  /** Why the middleware will be off although the preload is on. */
  readonly off: string | undefined
}

/** The environment of the program: that of the command, the options, and `NODE_ENV=development` where nobody says else. */
export function programEnvironment(options: Options, nodeOptions: readonly string[]): ProgramEnvironment {
  const environment: NodeJS.ProcessEnv = { ...process.env }
  for (const [option, variable, value] of variables) {
    const given = options.get(option)
    // `--dump` without a directory
    if (given !== undefined) environment[variable] = value ?? (given.filter(Boolean).join() || '1')
  }
  // Node lets the environment win over its files
  const later: Environment = { ...filesOfNode(nodeOptions), ...environment }
  if (later['NODE_ENV'] === undefined) environment['NODE_ENV'] = 'development'
  const { active, reason } = decideDevelopment({ ...later, ...environment })
  const isProduction = (later['NODE_ENV'] ?? '').trim().toLowerCase() === 'production'
  const isSwitchedOff = !active && reason.startsWith('THROWPOINT ')
  return {
    environment,
    plain: isProduction || isSwitchedOff ? reason : undefined,
    off: active ? undefined : reason,
  }
}

/** What `--env-file` will add. */
function filesOfNode(nodeOptions: readonly string[]): Record<string, string | undefined> {
  const found: Record<string, string | undefined> = {}
  for (const [at, option] of nodeOptions.entries()) {
    const given = /^--env-file(?:-if-exists)?(?:=(.*))?$/s.exec(option)
    if (given === null) continue
    try {
      Object.assign(found, parseEnv(readFileSync(given[1] ?? nodeOptions[at + 1] ?? '', 'utf8')))
    } catch {
      // Node says so itself
    }
  }
  return found
}
