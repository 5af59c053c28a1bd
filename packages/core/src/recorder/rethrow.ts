import { Script } from 'node:vm'

/** Node prints the line that throws above the stack of a crash, and this one has nothing to hide. */
export const rethrow: (thrown: unknown) => never = new Script(
  `(thrown => {
  throw thrown // held by a session; the stack says where it was thrown first
})`,
  { filename: 'throwpoint:continue' },
).runInThisContext() as (thrown: unknown) => never
