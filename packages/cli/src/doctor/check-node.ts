import { readManifest, type Project } from './project.ts'
import { inRange } from './versions.ts'
import { type Finding, ok, problem } from './finding.ts'
import { decideDevelopment } from '@throwpoint/core/development'
import { fileURLToPath } from 'node:url'
import { stripsTypes, tsxOf } from '../launch/typescript.ts'

/** Node itself, whether this would be a development process, and what runs TypeScript. */
export function checkNode({ entry }: Project, files: readonly string[]): Finding[] {
  return [version(), development(), ...typescript(entry, files)]
}

function version(): Finding {
  const range =
    (readManifest(fileURLToPath(new URL('../..', import.meta.url))) as Engines)?.engines?.node ?? ''
  const own = process.versions.node
  return inRange(own, range)
    ? ok('node', `Node ${own}`)
    : problem('node', `Node ${own} is not supported`, `Install Node ${range.replaceAll('||', 'or')}`)
}

interface Engines {
  readonly engines?: { readonly node?: string }
}

function development(): Finding {
  const { active, reason } = decideDevelopment(process.env)
  if (active) return ok('node', `a development process: ${reason}`)
  const advice =
    process.env['NODE_ENV']?.trim().toLowerCase() === 'production'
      ? 'Unset NODE_ENV, or set it to development'
      : 'Set NODE_ENV=development, or THROWPOINT=1'
  return problem('node', `Throwpoint is off here: ${reason}`, advice)
}

function typescript(entry: string | undefined, files: readonly string[]): Finding[] {
  const written = files.find((file) => /\.[cm]?tsx?$/.test(file))
  if (written === undefined) return []
  const tsx = tsxOf(entry ?? written) !== undefined
  if (tsx && stripsTypes()) return [ok('node', 'TypeScript: tsx is installed, and Node strips types itself')]
  if (tsx) return [ok('node', 'TypeScript: tsx is installed')]
  if (stripsTypes()) {
    return files.some((file) => file.endsWith('.tsx'))
      ? [problem('node', 'Node strips types, but not in .tsx files', 'npm install --save-dev tsx')]
      : [ok('node', 'TypeScript: Node strips the types itself')]
  }
  return [
    problem(
      'node',
      `Node ${process.versions.node} runs no TypeScript`,
      'npm install --save-dev tsx, or use Node 22.18 or newer',
    ),
  ]
}
