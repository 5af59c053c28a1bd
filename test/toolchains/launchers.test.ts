import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  build,
  modules,
  node20,
  node22,
  node24,
  node26,
  Project,
  Served,
  summary,
  typescript,
} from './project.ts'

const isFull = process.env['THROWPOINT_FULL'] === '1'
const register = ['--import', 'throwpoint/register']
const expected = [
  'price src/price.ts:14:25 -sum -unused entry=undefined id=7 key="b" name="b"',
  'fail src/app.ts:26:27 -cents -later order={ id: 7, rows: Array(2) } row="b"',
]
/** After one more line at the beginning of price.ts. */
const moved = [expected[0]!.replace('14:25', '15:25'), expected[1]!]

beforeAll(build, 120_000)

const open: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function start(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<{ project: Project; served: Served }> {
  const project = new Project({ files })
  open.push(() => project.remove())
  const served = await Served.start(project.folder, command, args, env)
  open.push(() => served.stop())
  return { project, served }
}

function change({ folder, write }: Project): void {
  const text = readFileSync(path.join(folder, 'src/price.ts'), 'utf8')
  write.call({ folder }, { 'src/price.ts': `// One more line\n${text}` })
}

const tsxBinary = path.join(modules, 'tsx/dist/cli.mjs')
const nodemon = path.join(modules, 'nodemon/bin/nodemon.js')
const viaOptions = { NODE_OPTIONS: '--import throwpoint/register' }

interface Launcher {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly isFast?: boolean
}

describe('a program that starts anew when a file changes', () => {
  const launchers: readonly Launcher[] = [
    { name: 'node --watch', command: node24, args: ['--watch', ...register, 'src/app.ts'], isFast: true },
    { name: 'node --watch, Node 26', command: node26, args: ['--watch', ...register, 'src/app.ts'] },
    {
      name: 'node --watch, Node 22',
      command: node22,
      args: ['--watch', ...register, '--import', 'tsx', 'src/app.ts'],
    },
    {
      name: 'node --watch, Node 20',
      command: node20,
      args: ['--watch', ...register, '--import', 'tsx', 'src/app.ts'],
    },
    {
      name: 'node --watch by NODE_OPTIONS',
      command: node24,
      args: ['--watch', 'src/app.ts'],
      env: viaOptions,
    },
    { name: 'tsx watch', command: node20, args: [tsxBinary, 'watch', ...register, 'src/app.ts'] },
    {
      name: 'tsx watch by NODE_OPTIONS',
      command: node20,
      args: [tsxBinary, 'watch', 'src/app.ts'],
      env: viaOptions,
    },
    {
      name: 'nodemon',
      command: node20,
      args: [
        nodemon,
        '--watch',
        'src',
        '--ext',
        'ts',
        '--exec',
        `${node24} ${register.join(' ')} src/app.ts`,
      ],
    },
    {
      name: 'nodemon by NODE_OPTIONS',
      command: node20,
      args: [nodemon, '--watch', 'src', '--ext', 'ts', '--exec', `${node24} src/app.ts`],
      env: viaOptions,
    },
  ]
  test.each(launchers.filter(({ isFast }) => isFull || isFast === true))(
    '$name',
    async ({ command, args, env }) => {
      const { project, served } = await start(command, args, env)
      expect(summary(await served.report())).toEqual(expected)
      change(project)
      await served.said(/listening (\d+)/, 2)
      expect(summary(await served.report(2))).toEqual(moved)
    },
    120_000,
  )
})

describe('a program in other processes and threads', () => {
  const cluster = `
    import cluster from 'node:cluster'
    if (cluster.isPrimary) for (let count = 0; count < 2; count++) cluster.fork()
    else await import('./app.ts')`
  const thread = `
    import { Worker } from 'node:worker_threads'
    new Worker(new URL('./app.ts', import.meta.url))`
  const nodes = [
    ['24', node24, register],
    ['26', node26, register],
    ['22', node22, ['--import', 'tsx', ...register]],
    ['20', node20, ['--import', 'tsx', ...register]],
  ] as const
  test.each(nodes.filter(([version]) => isFull || version === '24'))(
    'workers of node:cluster, Node %s',
    async (_, node, args) => {
      const { served } = await start(node, [...args, 'src/cluster.ts'], {}, { 'src/cluster.ts': cluster })
      await served.said(/listening (\d+)/, 2)
      expect(summary(await served.report(2))).toEqual(expected)
    },
    120_000,
  )

  test.each(nodes.filter(([version]) => isFull || version === '24'))(
    'node:worker_threads, Node %s',
    async (_, node, args) => {
      const { served } = await start(node, [...args, 'src/thread.ts'], {}, { 'src/thread.ts': thread })
      expect(summary(await served.report())).toEqual(expected)
    },
    120_000,
  )

  test.runIf(isFull)(
    'by NODE_OPTIONS, with the command of ts-node',
    async () => {
      const project = new Project({
        type: 'commonjs',
        price: './price',
        files: {
          'tsconfig.json': JSON.stringify({
            compilerOptions: {
              module: 'commonjs',
              moduleResolution: 'node10',
              target: 'es2022',
              esModuleInterop: true,
            },
          }),
        },
      })
      open.push(() => project.remove())
      const env = { ...viaOptions, TS_NODE_COMPILER: typescript, TS_NODE_TRANSPILE_ONLY: 'true' }
      const args = [path.join(modules, 'ts-node/dist/bin.js'), 'src/app.ts']
      const served = await Served.start(project.folder, node20, args, env)
      open.push(() => served.stop())
      expect(summary(await served.report())[0]).toBe(expected[0])
    },
    120_000,
  )

  test.runIf(isFull)(
    'by NODE_OPTIONS, with tsx on the command line',
    async () => {
      const { served } = await start(node20, [tsxBinary, 'src/app.ts'], viaOptions)
      expect(summary(await served.report())).toEqual(expected)
    },
    120_000,
  )
})
