import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pack, packedIn } from '../scripts/pack.js'

const artifacts = fileURLToPath(new URL('.artifacts/', import.meta.url))

/** Those of the run, which has packed once for all, or new ones. */
async function tarballs(folder: string): Promise<Map<string, string>> {
  const packed = process.env['PACKED_PACKAGES']
  if (packed !== undefined) return packedIn(packed)
  const destination = join(folder, 'tarballs')
  mkdirSync(destination)
  return pack(destination)
}

/**
 * A project that has the packages installed as npm would publish them. It lies inside of the repository, where the
 * dependencies of the packages and the frameworks are found.
 */
export class PackedProject {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async create(): Promise<PackedProject> {
    mkdirSync(artifacts, { recursive: true })
    const project = new PackedProject(mkdtempSync(join(artifacts, 'project-')))
    for (const [name, tarball] of await tarballs(project.folder)) {
      const target = join(project.folder, 'node_modules', name)
      mkdirSync(target, { recursive: true })
      execFileSync('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'])
    }
    project.write('package.json', '{ "private": true }')
    return project
  }

  /** Writes a file and returns its absolute name. */
  write(name: string, text: string): string {
    const file = join(this.folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return file
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
