/**
 * Whether a debugger can be attached: the inspector listens. Whether one really is, Node does not tell; a `debugger`
 * statement is nothing when none is.
 */
export function isInspected(): boolean {
  try {
    // Not imported: a Node that was built without it has no such module.
    return process.getBuiltinModule('node:inspector').url() !== undefined
  } catch {
    return false
  }
}
