import { spawnSync } from 'node:child_process'
import path from 'node:path'

const repository = path.resolve(import.meta.dirname, '../..')

/** The preload as it is published; child processes of old Node versions cannot run the sources. */
export const register: string = path.join(repository, 'packages/instrument/dist/register.js')

export function buildInstrument(): void {
  const compiler = path.join(repository, 'node_modules/typescript/bin/tsc')
  const build = spawnSync(process.execPath, [compiler, '-b', 'packages/instrument'], {
    cwd: repository,
    encoding: 'utf8',
  })
  if (build.status !== 0) throw new Error(build.stdout + build.stderr)
}
