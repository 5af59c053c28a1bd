import type { Debugger } from '../debugger.ts'
import type { Sighting, ThrowRecord } from '../recorder/throw-record.ts'
import type { Release } from './hold.ts'
import { holdThrow } from './hold-throw.ts'

/**
 * Holds an exception that has reached the process, which may end with it.
 *
 * @param owner whose session shows it when no request started it
 * @param go lets it reach the process once more
 */
export function holdFatal(
  record: ThrowRecord,
  sighting: Sighting,
  owner: Debugger | undefined,
  go: (thrown: unknown) => void,
): boolean {
  const { exchange } = record
  if (exchange !== undefined) {
    const lives = (): void => {
      record.crashes = false
    }
    return holdThrow(record, exchange, sighting, { go, done: lives }, { fatal: true })
  }
  if (owner === undefined) return false
  const onward = (release: Release): void => go(release.kind === 'throw' ? release.error : record.thrown)
  const way = { can: () => 'no request started what failed', go: onward, follow: onward }
  return owner.runtime.holds.holdBack(record, owner, way, { fatal: true })
}
