import type { ProcessInfo } from '@throwpoint/protocol'

export function processInfo(): ProcessInfo {
  const { rss, heapTotal, heapUsed } = process.memoryUsage()
  return {
    pid: process.pid,
    node: process.version,
    platform: process.platform,
    cwd: workingDirectory(),
    uptime: Math.round(process.uptime() * 1000) / 1000,
    memory: { rss, heapTotal, heapUsed },
  }
}

/** The directory may have been removed. */
function workingDirectory(): string {
  try {
    return process.cwd()
  } catch {
    return ''
  }
}
