import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { optionTableMarkdown } from '@throwpoint/core'
import { defaultLimits } from '@throwpoint/protocol'
import { ExampleProcess } from '../examples/example-process.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** What stands between two comments of the README. */
function part(name: string): string {
  return new RegExp(`<!-- ${name} -->\n([^]*?)<!-- /${name} -->`).exec(readme)?.[1]?.trim() ?? ''
}

function section(heading: string): string {
  const after = readme.split(`\n## ${heading}\n`)[1] ?? ''
  return after.split(/\n## /)[0] ?? ''
}

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(
    (match) => match[1] ?? '',
  )
}

/** A transcript without what differs from one time to another. */
function steady(transcript: string): string {
  return transcript
    .replaceAll(/\d+\s+ms/g, '0 ms')
    .replaceAll(/dump: .*/g, 'dump: …')
    .replaceAll(/\s+/g, ' ')
}

function limitsMarkdown(): string {
  const source = readFileSync(join(root, 'packages/protocol/src/limits.ts'), 'utf8')
  const rows = [...source.matchAll(/\/\*\* (.*) @default (.*) \*\/\n\s+readonly (\w+)/g)].map((match) => {
    const [, description = '', value = '', name = ''] = match
    return `| \`${name}\` | ${value.replace('_', ',')} | ${description} |`
  })
  return ['| Limit | Default | What it bounds |', '| --- | --- | --- |', ...rows].join('\n')
}

describe('README', () => {
  it('has the table of options', () => {
    expect(part('options')).toBe(optionTableMarkdown().trim())
  })

  it('has the table of limits', () => {
    expect(part('limits')).toBe(limitsMarkdown())
    for (const name of Object.keys(defaultLimits)) expect(part('limits')).toContain(`| \`${name}\` |`)
  })

  it('has the transcript of what the shop prints', async () => {
    const command = ['--env-file=.env', '--import', 'throwpoint/register', 'server.js']
    // As on a machine that has nothing else to do.
    const shop = new ExampleProcess('express-shop', command, { THROWPOINT_LIMITS: 'budgetMs=10000' })
    try {
      await shop.ready()
      await shop.ask('GET', '/orders.csv', '*/*')
      await shop.ended()
      const asked = '$ curl http://localhost:3001/orders.csv     # in another terminal\n'
      const shown = blocks(readme, 'text').find((block) => block.startsWith(asked)) ?? ''
      expect(steady(shown)).toBe(steady(`${asked}${shop.stderr.split('\n\nnode:events')[0]}\n`))
    } finally {
      await shop.remove()
    }
  })

  it('links to files and headings that exist', () => {
    const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => {
      return `#${text
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-')}`
    })
    for (const [, target = ''] of readme.matchAll(/\]\(([^)]+)\)/g)) {
      if (target.startsWith('#')) expect(headings).toContain(target)
      else if (!target.startsWith('https:'))
        expect(() => readFileSync(join(root, target))).not.toThrow('ENOENT')
    }
  })
})

describe('what the README shows', () => {
  mkdirSync(join(root, 'test/.artifacts'), { recursive: true })
  // Inside the repository, so that the packages are found.
  const directory = mkdtempSync(join(root, 'test/.artifacts/readme-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  /** Runs a program to its end. */
  function run(name: string, program: string): Promise<{ code: number | null; output: string }> {
    const file = join(directory, name)
    writeFileSync(file, program)
    const env = { ...process.env, NODE_ENV: 'development', THROWPOINT_TERMINAL: 'off' }
    delete (env as NodeJS.ProcessEnv)['NODE_OPTIONS']
    const tsx = name.endsWith('.mts') ? ['--import', 'tsx'] : []
    const child = spawn(process.execPath, [...tsx, file], { cwd: directory, env })
    const timer = setTimeout(() => child.kill('SIGKILL'), 100_000)
    return new Promise((resolve) => {
      let output = ''
      let stderr = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
      child.on('close', (code) => {
        clearTimeout(timer)
        resolve({ code, output: code === 0 ? output : output + stderr })
      })
    })
  }

  /** Asks the server once it listens, prints what it got and ends. */
  const asking = `.listen(0, 'localhost', async function () {
    const answer = await fetch('http://localhost:' + this.address().port, { headers: { accept: 'text/html' } })
    console.log(answer.status, (await answer.text()).includes('toUpperCase'))
    process.exit()
  })`

  const quickStarts = blocks(section('Quick start'), 'js')

  it('has a quick start for each framework and module system', () => {
    expect(quickStarts).toHaveLength(3)
  })

  it.each(quickStarts)('starts quickly: %s', async (code) => {
    const name = code.includes('require(') ? 'start.cjs' : 'start.mjs'
    expect(code).toContain('.listen(3000)')
    const program = code.replace('.listen(3000)', asking)
    expect(await run(name, program)).toEqual({ code: 0, output: '500 true\n' })
  })

  it('starts quickly in TypeScript', async () => {
    const [code = ''] = blocks(section('Quick start'), 'ts')
    const program = `${code}app.get('/', (req, res) => res.send((req.query.name as string).toUpperCase()))\napp${asking}`
    expect(await run('start.mts', program)).toEqual({ code: 0, output: '500 true\n' })
  })

  it('is the function itself when required', async () => {
    const code = /`(app\.use\(require\(.*?\)\))`/.exec(readme)?.[1] ?? ''
    const program = `const app = require('express')()\n${code}
      app.get('/', (req, res) => res.send(req.query.name.toUpperCase()))\napp${asking}`
    expect(await run('function.cjs', program)).toEqual({ code: 0, output: '500 true\n' })
  })

  it.each(blocks(section('Recipes'), 'js'))('has a recipe that runs: %s', async (code) => {
    const program = `import express from 'express'
      import { debugMiddleware } from '@throwpoint/express'
      const app = express(), log = console, onerror = () => { throw new Error('in production alone') }
      ${code}`
    expect(await run('recipe.mjs', program)).toEqual({ code: 0, output: '' })
  })

  it.each(blocks(section('Recipes'), 'json'))('has JSON that is JSON: %s', (code) => {
    expect(() => JSON.parse(code)).not.toThrow()
  })
})
