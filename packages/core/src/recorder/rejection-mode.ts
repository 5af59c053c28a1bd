/** What Node does about a rejection nobody handles: `--unhandled-rejections`. */
export type RejectionMode = 'throw' | 'strict' | 'warn' | 'none' | 'warn-with-error-code'

const modes = new Set<string>(['throw', 'strict', 'warn', 'none', 'warn-with-error-code'])

/** The mode of this process. Options of the command come after those of NODE_OPTIONS, and the last one counts. */
export function rejectionMode(
  execArgv: readonly string[] = process.execArgv,
  nodeOptions: string = process.env['NODE_OPTIONS'] ?? '',
): RejectionMode {
  const given = `${nodeOptions} ${execArgv.join(' ')}`.matchAll(/--unhandled[-_]rejections[= ]"?([\w-]+)/g)
  const last = [...given].at(-1)?.[1] ?? ''
  return modes.has(last) ? (last as RejectionMode) : 'throw'
}
