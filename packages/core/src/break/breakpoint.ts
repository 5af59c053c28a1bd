import { holdCaller } from '../hold/hold-breakpoint.ts'
import { guard } from '../recorder/guard.ts'
import { Runtime } from '../runtime.ts'
import { callSite } from '../source/call-site.ts'
import { shortName } from '../source/project.ts'
import { isInspected } from './attached.ts'
import { compileStop, stopsItsCaller } from './stop.ts'

let told = false

function isToStop(): boolean | Promise<void> {
  if (isInspected()) return true
  const held = fallible(() => holdCaller(breakpoint))
  if (held !== undefined) return held
  if (told) return false
  told = true
  const place = callSite(breakpoint).resolve()
  const where = place === undefined ? '' : ` at ${shortName(place.file)}:${place.line}`
  Runtime.shared().terminal.notice(
    `breakpoint()${where} has nobody to ask: start the process with "npx throwpoint --session" for a prompt there, or ` +
      'with "node --inspect" and attach a debugger',
  )
  return false
}

function fallible<T>(action: () => T): T | undefined {
  let result: T | undefined
  guard(() => {
    result = action()
  })
  return result
}

/**
 * `pdb.set_trace()`. With a debugger attached (`node --inspect`, `node inspect`, VS Code, Chrome DevTools) it stops at
 * this call. With the preload (`npx throwpoint app.js`) a call that is a statement of its own stops in the caller itself;
 * elsewhere the innermost frame is this function and the next one the caller at its line, with its variables: step out
 * once to go on from there. Without a debugger, in a session (`terminal: 'session'`), `await breakpoint()` opens the
 * prompt on the caller's frame and holds this request alone, until `continue`. Without either it does nothing, and says
 * so once.
 *
 * Write it with `await`: without it the program goes on while the prompt is open. (On Node 20 and 22 each `await` runs a
 * hook of Node's, in which a step out of an awaited call ends; to step on from here in a debugger there, leave it out.)
 *
 * @returns a promise when it waits for a prompt; it rejects with what `throw` gives there
 * @example
 * app.get('/cart', async (req, res) => {
 *   const cart = await load(req.session)
 *   await breakpoint()
 *   res.json(cart)
 * })
 */
export const breakpoint: () => void | Promise<void> = compileStop<
  (isToStop: () => boolean | Promise<void>) => () => void | Promise<void>
>(
  'breakpoint',
  `(isToStop => function breakpoint() {
  const waits = isToStop()
  // Step out once: the line that called is the next frame.
  if (waits === true) debugger
  else if (waits) return waits
})`,
)(isToStop)

stopsItsCaller(breakpoint)
