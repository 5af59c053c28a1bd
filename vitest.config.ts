import { join, relative, sep } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * What takes longest begins first, else one worker would have it alone at the end. Vitest knows durations from its cache,
 * which a fresh clone does not have; then it goes by the size of files, and the largest suites are small files.
 */
const dearest = [
  'test/matrix/',
  'test/examples/',
  'test/bundles/',
  'test/entries/',
  'test/hold/',
  'test/differential/',
  'test/instrument/hooks.test.ts',
  'test/page/page.test.ts',
  'test/break/break.test.ts',
  'test/packages/types.test.ts',
  'test/live/',
  'test/aborts/',
  'test/security/notice.test.ts',
  'test/readme/',
  'test/attach/',
  'test/faults/',
  'test/recording/',
  'test/prompt/',
  'test/cli/',
  'test/source/',
  'test/',
]

function rank({ moduleId }: TestSpecification): number {
  const file = relative(import.meta.dirname, moduleId).replaceAll(sep, '/')
  const found = dearest.findIndex((start) => file.startsWith(start))
  return found === -1 ? dearest.length : found
}

class DearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => rank(one) - rank(other))
  }
}

const isFull = process.env['THROWPOINT_FULL'] === '1'

/** `THROWPOINT_NODES=22,24`: the tests once for each of these majors, which runs the applications under test. */
const majors = process.env['THROWPOINT_NODES']?.split(',') ?? []
const projects = majors.map((major) => {
  const node = join(import.meta.dirname, `node_modules/node${major}/bin/node`)
  return { extends: true as const, test: { name: `Node ${major}`, env: { THROWPOINT_NODE: node } } }
})

export default defineConfig({
  resolve: { conditions: ['@throwpoint/source', 'node'] },
  ssr: { resolve: { conditions: ['@throwpoint/source', 'node'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    setupFiles: ['test/run-directory.ts'],
    pool: 'forks',
    ...(projects.length > 0 ? { projects } : {}),
    sequence: { sequencer: DearestFirst },
    // Nothing takes so long; a machine that does other things as well may be ten times slower.
    testTimeout: isFull ? 600_000 : 120_000,
    hookTimeout: isFull ? 600_000 : 120_000,
    env: { TURBO_TELEMETRY_DISABLED: '1' },
  },
})
