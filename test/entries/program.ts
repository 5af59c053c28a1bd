import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PackedProject } from '../packed-project.ts'

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Files that were loaded, relative to the project's `node_modules` (or to the project), sorted. */
  readonly loaded: readonly string[]
}

/** Runs a program of the project in a Node of its own, with nothing of our environment but what is given. */
export async function runProgram(
  project: PackedProject,
  name: string,
  text: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const file = project.write(name, text)
  const coverage = mkdtempSync(join(project.folder, 'coverage-'))
  const child = spawn(process.env['THROWPOINT_NODE'] ?? process.execPath, [file], {
    cwd: project.folder,
    env: { PATH: process.env['PATH'] ?? '', NODE_V8_COVERAGE: coverage, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const loaded = filesIn(coverage, project.folder)
  rmSync(coverage, { recursive: true, force: true })
  return { code, stdout, stderr, loaded }
}

/** V8's coverage names every file that was loaded, however it was. */
function filesIn(coverage: string, folder: string): string[] {
  const files = new Set<string>()
  for (const file of readdirSync(coverage)) {
    const { result } = JSON.parse(readFileSync(join(coverage, file), 'utf8')) as { result: { url: string }[] }
    for (const { url } of result) {
      if (!url.startsWith('file:')) continue
      const path = fileURLToPath(url)
      if (path.startsWith(folder)) files.add(path.slice(folder.length + 1).replace(/^node_modules[\\/]/, ''))
      else files.add(path)
    }
  }
  return [...files].sort()
}
