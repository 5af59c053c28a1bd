import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Finding, note, ok, problem } from './finding.ts'
import { type Installed, installed, type Project } from './project.ts'
import { inRange } from './versions.ts'

const topic = 'packages'

const frameworks = [
  { name: 'express', adapter: '@throwpoint/express', range: '^4.18.0 || ^5.0.0' },
  { name: 'koa', adapter: '@throwpoint/koa', range: '^2.13.0 || ^3.0.0' },
] as const

/** The frameworks, their adapters, and whether all parts of Throwpoint are of one version. */
export function checkPackages(project: Project): Finding[] {
  const from = project.entry === undefined ? project.folder : path.dirname(project.entry)
  const findings: Finding[] = []
  const parts: Array<readonly [name: string, part: Installed]> = []
  let hasFramework = false
  for (const { name, adapter, range } of frameworks) {
    const framework = installed(name, from)
    const own = installed(adapter, from)
    if (own !== undefined) parts.push([adapter, own])
    if (framework === undefined) continue
    // In a workspace the packages of others lie on the way up: only what is used counts, when anything says so
    if (!mentions(project, name) && !mentions(project, adapter)) continue
    hasFramework = true
    const supported = inRange(framework.version, own?.manifest.peerDependencies?.[name] ?? range)
    findings.push(
      supported
        ? ok(topic, `${name} ${framework.version}`)
        : problem(topic, `${name} ${framework.version} is not supported`, `Use ${name} ${range}`),
    )
    findings.push(
      own !== undefined
        ? ok(topic, `${adapter} ${own.version}`)
        : note(
            topic,
            `${adapter} is not installed`,
            `npm install --save-dev ${adapter}, or: throwpoint serve MODULE`,
          ),
    )
  }
  if (!hasFramework) {
    findings.push(
      note(topic, 'neither express nor koa was found', 'Run this where the application has its package.json'),
    )
  }
  return [...findings, ...copies(parts, from)]
}

function mentions({ manifest }: Project, name: string): boolean {
  const { dependencies, devDependencies, peerDependencies } = manifest as Record<
    string,
    Record<string, string> | undefined
  >
  if (dependencies === undefined && devDependencies === undefined) return true
  return [dependencies, devDependencies, peerDependencies].some((list) => list !== undefined && name in list)
}

/** Reports and frames meet in one runtime; parts of different versions may not understand each other. */
function copies(adapters: ReadonlyArray<readonly [name: string, part: Installed]>, from: string): Finding[] {
  const here = fileURLToPath(new URL('../..', import.meta.url))
  const command = installed('throwpoint', from)
  const parts = [...adapters, ...(command === undefined ? [] : [['throwpoint', command] as const])]
  const cores = new Map<string, string>()
  for (const folder of [here, ...parts.map(([, part]) => part.folder)]) {
    const core = installed('@throwpoint/core', folder)
    if (core !== undefined) cores.set(core.folder, core.version)
  }
  const versions = new Set([...cores.values(), ...parts.map(([, part]) => part.version)])
  if (versions.size > 1) {
    const list = parts.map(([name, part]) => `${name} ${part.version}`).join(', ')
    return [
      problem(
        topic,
        `parts of Throwpoint have different versions: ${list || [...versions].join(', ')}`,
        `npm install --save-dev ${parts.map(([name]) => `${name}@latest`).join(' ')}`,
      ),
    ]
  }
  if (cores.size > 1) {
    return [
      note(
        topic,
        `@throwpoint/core is there ${cores.size} times: ${[...cores.keys()].join(', ')}`,
        'npm dedupe',
      ),
    ]
  }
  return []
}
