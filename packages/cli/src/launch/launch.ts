import { fileURLToPath } from 'node:url'
import type { Arguments } from '../command/arguments.ts'
import { printBanner } from './banner.ts'
import { programEnvironment } from './environment.ts'
import { start } from './start.ts'
import { runnerOf } from './typescript.ts'

export interface Launch {
  readonly options: Arguments['options']
  readonly nodeOptions: readonly string[]
  /** The file of the user that decides what else has to be loaded. */
  readonly script: string
  /** What follows the options of Node. */
  readonly arguments: readonly string[]
}

/** Runs a program of the user as `node` would, with our preload. */
export function launch({ options, nodeOptions, script, arguments: args }: Launch): void {
  const runner = runnerOf(script, nodeOptions)
  const facts = programEnvironment(options, nodeOptions)
  const isInstrumented = facts.plain === undefined && !options.has('no-instrument')
  const preload = facts.plain !== undefined ? [] : preloads(isInstrumented, options)
  printBanner({ ...facts, isInstrumented, runner, isAsked: options.size > 0 })
  start({
    // The runner first: its output is what we rewrite
    arguments: [...nodeOptions, ...(runner?.options ?? []), ...preload, ...args],
    environment: facts.environment,
    isWatching: isInstrumented,
  })
}

/**
 * By `--require`: with `--import`, Node loads a CommonJS script by way of its ESM loader, and the script and its stack
 * traces can tell.
 */
function preloads(isInstrumented: boolean, options: Arguments['options']): string[] {
  const files = isInstrumented ? ['register'] : options.has('single-process') ? ['single-process'] : []
  return files.flatMap((name) => ['--require', fileURLToPath(new URL(`../${name}.js`, import.meta.url))])
}
