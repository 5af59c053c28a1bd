import type { BoundaryContext, DebugOptions, Middleware, Report } from '../dist/index.js' with {
  'resolution-mode': 'import',
}

/**
 * Makes the middleware. Put it first, before everything whose exceptions you want to see.
 * Outside of a development process it is a pass-through, and its options are not looked at.
 *
 * @throws TypeError (`code` is `TP_UNKNOWN_OPTION` or `TP_BAD_OPTION`) that names the option and what it takes
 * @example
 * const express = require('express')
 * const debugMiddleware = require('@throwpoint/express')
 *
 * const app = express()
 * app.use(debugMiddleware())
 */
declare function debugMiddleware(options?: DebugOptions): Middleware

/**
 * Stops an attached debugger at this call: the next frame is the caller, at its line. Without a debugger it says so,
 * once. Does nothing outside of a development process. Write it with `await`: it returns at once today.
 */
declare function breakpoint(): void | Promise<void>

declare namespace debugMiddleware {
  export { breakpoint, debugMiddleware, debugMiddleware as default }
  export type { BoundaryContext, DebugOptions, Middleware, Report }
}

export = debugMiddleware
