let report: (error: unknown) => void = () => {}

/** Runs a step of ours. Whatever fails in it is ours too and must not reach the application. */
export function guard(action: () => void): void {
  try {
    action()
  } catch (error) {
    fault(error)
  }
}

/** Tells of a fault of ours; for steps of every request, where the closure of `guard` would cost. Never throws. */
export function fault(error: unknown): void {
  try {
    report(error)
  } catch {
    // Nothing is left to tell it to.
  }
}

/** Where faults of ours go. */
export function onFault(listener: (error: unknown) => void): void {
  report = listener
}
