const runtimeKey = Symbol.for('throwpoint.runtime.1')

/**
 * Reports an exception that ends the program before a middleware is there to see it. The event changes nothing of
 * what Node does, and nothing is loaded for it before there is one.
 */
export function watchStartup(): void {
  process.on('uncaughtExceptionMonitor', (error: unknown, origin: string) => {
    // A middleware has been made: its own listener reports.
    if ((globalThis as Record<symbol, unknown>)[runtimeKey] !== undefined) return
    try {
      if (isOfLoader(error)) return
      const require = process.getBuiltinModule('node:module').createRequire(import.meta.url)
      const core = require('@throwpoint/core/startup') as typeof import('@throwpoint/core/startup')
      core.reportStartup(error, origin)
    } catch {
      // The program's own exception is what matters.
    }
  })
}

/**
 * A file that is not there, or is no program: no code of the user was on the way, and Node's own words say where it is.
 */
function isOfLoader(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const places = String(error.stack).match(/^ {4}at .+$/gm) ?? []
  return (
    places.some((line) => /\bnode:internal\/modules\//.test(line)) &&
    places.every(
      (line) => /\((?:node:[^)]*|<anonymous>)\)$|^ {4}at (?:async )?node:/.test(line) || isOurs(line),
    )
  )
}

/** The hooks through which a module is loaded. */
function isOurs(line: string): boolean {
  return /[\\/]instrument[\\/](?:dist|src)[\\/](?:hooks[\\/]|preload\.)/.test(line)
}
