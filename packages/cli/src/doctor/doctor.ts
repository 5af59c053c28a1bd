import { parseArguments } from '../command/arguments.ts'
import { commandNamed } from '../command/table.ts'
import { UsageError } from '../command/usage-error.ts'
import { checkEntry } from './check-entry.ts'
import { checkEnvironment } from './check-environment.ts'
import { checkNode } from './check-node.ts'
import { checkPackages } from './check-packages.ts'
import type { Finding } from './finding.ts'
import { checkModules, examine, modulesOf, relative } from './modules.ts'
import { findProject } from './project.ts'

/** `throwpoint doctor [directory | script]`: exit code 1 when something will not work. */
export function doctor(args: string[]): number {
  const { options, operands } = parseArguments(commandNamed('doctor')!, args)
  if (operands.length > 1) {
    throw new UsageError(`One directory or script can be checked, not also ${operands[1]}`, 'doctor')
  }
  const project = findProject(operands[0])
  const files = project.entry === undefined ? [] : modulesOf(project.entry)
  const modules = examine(files)
  const findings = [
    ...checkNode(project, files),
    ...checkPackages(project),
    ...checkEntry(project, files),
    ...checkModules(project, modules),
    ...checkEnvironment(),
  ]
  const isWell = findings.every(({ level }) => level !== 'problem')
  if (options.has('json')) {
    const { folder, entry } = project
    const list = modules.map((module) => ({ ...module, file: relative(project, module.file) }))
    print(JSON.stringify({ ok: isWell, folder, entry: entry ?? null, findings, modules: list }, undefined, 2))
  } else print(text(findings, isWell))
  return isWell ? 0 : 1
}

const marks = { ok: '✓', note: '!', problem: '✗' }
/** With so many modules of one kind the rest is left to `--json`. */
const shown = 20

function text(findings: readonly Finding[], isWell: boolean): string {
  const colors = process.stdout.isTTY && process.stdout.hasColors()
  const paint = (level: Finding['level'], one: string): string =>
    colors ? `\u001b[${{ ok: 32, note: 33, problem: 31 }[level]}m${one}\u001b[39m` : one
  const lines: string[] = []
  for (const topic of new Set(findings.map((finding) => finding.topic))) {
    const list = findings.filter((finding) => finding.topic === topic)
    lines.push(topic)
    for (const { level, text: what, advice } of list.slice(0, shown)) {
      lines.push(`  ${paint(level, marks[level])} ${what}`)
      if (advice !== undefined) lines.push(`      → ${advice}`)
    }
    if (list.length > shown) lines.push(`    and ${list.length - shown} more, with --json`)
  }
  const notes = findings.filter(({ level }) => level === 'note').length
  lines.push(
    '',
    isWell ? (notes === 0 ? 'All is well.' : 'It works; see the lines with !') : 'See the lines with ✗',
  )
  return lines.join('\n')
}

function print(one: string): void {
  process.stdout.write(`${one}\n`)
}
