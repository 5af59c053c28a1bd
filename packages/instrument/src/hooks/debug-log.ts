/** Somebody reads the debug log. */
export const isDebugged: boolean = /(?:^|[\s,])(?:\*|throwpoint(?::\*|:instrument)?)(?:$|[\s,])/.test(
  process.env['DEBUG'] ?? '',
)

/** One line for `DEBUG=throwpoint:*`. Loader threads have no other way to tell anything. */
export function debugLog(line: string): void {
  if (isDebugged) process.stderr.write(`throwpoint:instrument ${line}\n`)
}
