import type { ProcessInfo } from '@throwpoint/protocol'

export function processInfo(): ProcessInfo {
  return {
    pid: process.pid,
    node: process.version,
    platform: process.platform,
    cwd: workingDirectory(),
    uptime: Math.round(process.uptime() * 1000) / 1000,
    memory: memory(),
  }
}

let sampled: { readonly at: number; readonly memory: ProcessInfo['memory'] } | undefined

/** At most a second old: to ask the system takes longer than most of a report. */
function memory(): ProcessInfo['memory'] {
  const now = performance.now()
  if (sampled === undefined || now - sampled.at > 1000) {
    const { rss, heapTotal, heapUsed } = process.memoryUsage()
    sampled = { at: now, memory: { rss, heapTotal, heapUsed } }
  }
  return sampled.memory
}

/** The directory may have been removed. */
function workingDirectory(): string {
  try {
    return process.cwd()
  } catch {
    return ''
  }
}
