import { debuglog } from 'node:util'

/**
 * A log of Throwpoint's own doings, for whoever looks into it: silent unless `NODE_DEBUG` names the section
 * (`NODE_DEBUG='throwpoint:*'`). Never throws.
 * @example
 * const log = debugLog('throwpoint:recorder')
 * log('noted a throw')
 */
export function debugLog(section: string): (message: string) => void {
  const write = debuglog(section)
  return (message) => {
    try {
      // Not as the format: a message may hold a `%`.
      write('%s', message)
    } catch {
      // A closed stderr, or a patched one.
    }
  }
}
