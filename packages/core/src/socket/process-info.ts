import cluster from 'node:cluster'
import { relative } from 'node:path'
import { threadId } from 'node:worker_threads'
import type { ProcessInfo } from './messages.ts'

export function ownInfo(): ProcessInfo {
  const cwd = safeCwd()
  return {
    pid: process.pid,
    thread: threadId,
    cwd,
    script: scriptName(process.argv[1] ?? '', cwd),
    title: process.title.slice(0, 200),
    started: Math.round(performance.timeOrigin),
    node: process.version,
    worker: cluster.worker === undefined ? null : String(cluster.worker.id),
  }
}

function safeCwd(): string {
  try {
    return process.cwd()
  } catch {
    // It was removed.
    return ''
  }
}

function scriptName(script: string, cwd: string): string {
  const short = cwd === '' ? script : relative(cwd, script)
  return (short === '' || short.startsWith('..') ? script : short).slice(0, 500)
}
