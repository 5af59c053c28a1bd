import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PackedProject } from '../packed-project.ts'

let project: PackedProject

beforeAll(async () => {
  project = await PackedProject.create()
})

afterAll(() => {
  project.remove()
})

const main = `
const names = Object.keys(require.cache).map((file) => require('node:path').basename(file))
const { rewritten } = require('./other.cjs')
console.log(JSON.stringify({ names, rewritten: /\\$tp/.test(rewritten) }))`

async function run(env: NodeJS.ProcessEnv): Promise<unknown> {
  const entry = project.write('main.cjs', main)
  project.write('other.cjs', 'exports.rewritten = String(function named(value) { return value() })')
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', 'throwpoint/register', entry],
    {
      cwd: project.folder,
      env: { ...process.env, NODE_OPTIONS: '', THROWPOINT_CACHE: path.join(project.folder, 'cache'), ...env },
    },
  )
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

it('the published preload is one file, and one more as long as something has to be rewritten', async () => {
  const development = { NODE_ENV: 'development' }
  const rewriter = (await run(development)) as { names: string[]; rewritten: boolean }
  expect(rewriter.rewritten).toBe(true)
  expect(rewriter.names).toEqual(expect.arrayContaining(['preload.cjs', 'late-parts.cjs']))
  expect(await run(development)).toEqual({ names: ['preload.cjs', 'main.cjs'], rewritten: true })
})

it('nothing of it is loaded in production', async () => {
  expect(await run({ NODE_ENV: 'production' })).toEqual({
    names: ['main.cjs'],
    rewritten: false,
  })
})
