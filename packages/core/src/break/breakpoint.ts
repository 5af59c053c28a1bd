import { Runtime } from '../runtime.ts'
import { callSite } from '../source/call-site.ts'
import { shortName } from '../source/project.ts'
import { isInspected } from './attached.ts'
import { compileStop } from './stop.ts'

let told = false

function isToStop(): boolean {
  if (isInspected()) return true
  if (told) return false
  told = true
  const place = callSite(breakpoint).resolve()
  const where = place === undefined ? '' : ` at ${shortName(place.file)}:${place.line}`
  Runtime.shared().terminal.notice(
    `breakpoint()${where} has no debugger to stop: start the process with "node --inspect" and attach one`,
  )
  return false
}

/**
 * Stops an attached debugger (`node --inspect`, `node inspect`, VS Code, Chrome DevTools) at this call. The innermost
 * frame it shows is this function, the next one is the caller at its line, with its variables: step out once to go on
 * from there. Continuing goes on as if nothing had been. Without a debugger it does nothing, and says so once.
 *
 * Write it with `await`: it returns at once today, and will return a promise where it can wait without stopping the
 * whole process. (On Node 20 and 22 each `await` runs a hook of Node's, in which a step out of an awaited call ends;
 * to step on from here there, leave the `await` out.)
 *
 * @example
 * app.get('/cart', async (req, res) => {
 *   const cart = await load(req.session)
 *   await breakpoint()
 *   res.json(cart)
 * })
 */
export const breakpoint: () => void | Promise<void> = compileStop<(isToStop: () => boolean) => () => void>(
  'breakpoint',
  `(isToStop => function breakpoint() {
  // Step out once: the line that called is the next frame.
  if (isToStop()) debugger
})`,
)(isToStop)
