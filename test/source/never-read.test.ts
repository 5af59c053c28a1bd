import { execFileSync } from 'node:child_process'
import fs, { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { FramesOfThrow } from '../../packages/core/src/engine/engine.ts'
import { engine, makeOld, Project, repository, sourceLine, stackAt } from './project.ts'

const project = new Project()

/** Everything that is opened, read or looked for while `action` runs. */
function touched(action: () => void): string[] {
  const files: string[] = []
  const names = ['readFileSync', 'openSync', 'existsSync', 'statSync'] as const
  const originals = names.map((name) => fs[name])
  for (const [index, name] of names.entries()) {
    Object.assign(fs, {
      [name]: (file: unknown, ...rest: unknown[]): unknown => {
        files.push(String(file))
        return Reflect.apply(originals[index]!, fs, [file, ...rest])
      },
    })
  }
  syncBuiltinESMExports()
  try {
    action()
  } finally {
    for (const [index, name] of names.entries()) Object.assign(fs, { [name]: originals[index] })
    syncBuiltinESMExports()
  }
  return files
}

describe('files that are never read', () => {
  const canary = 'CANARY-7d1f'

  function secret(file: string): string {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${canary}\n`)
    makeOld(file)
    return file
  }

  function expectUnread(text: string, secretFile: string): FramesOfThrow {
    let found: FramesOfThrow | undefined
    const files = touched(() => {
      found = engine.frames(null, text)
    })
    expect(JSON.stringify(found)).not.toContain(canary)
    expect(files).not.toContain(secretFile)
    const looks = files.filter((file) => !file.startsWith(project.root) && !file.startsWith(repository))
    // Where the project ends is looked for above it.
    expect(looks.filter((file) => !/[/](?:package\.json|pnpm-workspace\.yaml|\.git)$/.test(file))).toEqual([])
    return found!
  }

  const inside = [
    '.env',
    '.env.js',
    '.env.production.ts',
    'server.pem',
    'keys/private.key',
    'a.crt',
    'a.p12',
    'a.pfx',
    '.npmrc',
    '.git/hooks/pre-commit.js',
    '.git/config',
    '.ssh/id_rsa',
    'id_ed25519',
    'data.json',
    'notes.txt',
    'noextension',
    'users.sqlite',
    '.ENV',
    'CERT.PEM',
  ]
  it.each(inside)('%s in the project, named by a stack', (name) => {
    const found = expectUnread(stackAt(secret(project.path(name))), project.path(name))
    expect(found.frames).toHaveLength(1)
    expect(found.notes.join('\n')).toContain('its source is not shown')
  })

  it.each(inside.filter((name) => name !== 'noextension'))(
    '%s in the project, named by a source map',
    (name) => {
      const file = secret(project.path(name))
      const map = { version: 3, sources: [`../${name}`], names: [], mappings: 'AAAA' }
      project.write('dist/app.js', 'generated\n//# sourceMappingURL=app.js.map')
      project.write('dist/app.js.map', JSON.stringify(map))
      const found = expectUnread(stackAt(project.path('dist/app.js')), file)
      expect(sourceLine(found)).toBe('generated')
      expect(found.notes[0]).toContain('the generated code is shown')
    },
  )

  it('a name that is never read is not shown when a map brings its text either', () => {
    const map = { version: 3, sources: ['../.env.js'], sourcesContent: [canary], names: [], mappings: 'AAAA' }
    project.write('dist/app.js', 'generated\n//# sourceMappingURL=app.js.map')
    project.write('dist/app.js.map', JSON.stringify(map))
    const found = expectUnread(stackAt(project.path('dist/app.js')), project.path('.env.js'))
    expect(sourceLine(found)).toBe('generated')
  })

  it('a file elsewhere, named by a stack', () => {
    const file = secret(join(project.base, 'other/app.js'))
    const found = expectUnread(stackAt(file), file)
    expect(found.notes).toEqual([`${file} lies outside the project: its source is not read`])
  })

  it.each([
    ['relative', (): string => '../../other/app.js'],
    ['absolute', (): string => join(project.base, 'other/app.js')],
    ['a file URL', (): string => pathToFileURL(join(project.base, 'other/app.js')).href],
    ['a share', (): string => '\\\\evil\\x.js'],
    ['another machine', (): string => 'http://169.254.169.254/latest.js'],
  ])('a file elsewhere, named by a source map: %s', (_, source) => {
    const file = secret(join(project.base, 'other/app.js'))
    for (const sourceRoot of [undefined, '', '/', '../..']) {
      const map = { version: 3, sourceRoot, sources: [source()], names: [], mappings: 'AAAA' }
      project.write('dist/app.js', `generated ${sourceRoot}\n//# sourceMappingURL=app.js.map`)
      project.write('dist/app.js.map', JSON.stringify(map))
      const found = expectUnread(stackAt(project.path('dist/app.js')), file)
      expect(sourceLine(found)).toBe(
        source().startsWith('\\') ? sourceLine(found) : `generated ${sourceRoot}`,
      )
    }
  })

  it('a symbolic link that leaves the project, as source, as map and as folder', () => {
    const file = secret(join(project.base, 'other/app.js'))
    symlinkSync(file, project.path('link.js'))
    symlinkSync(join(project.base, 'other'), project.path('folder'))
    const map = { version: 3, sources: [file], sourcesContent: [canary], names: [], mappings: 'AAAA' }
    writeFileSync(join(project.base, 'other/app.js.map'), JSON.stringify(map))
    symlinkSync(join(project.base, 'other/app.js.map'), project.path('app.js.map'))
    project.write('app.js', 'generated\n//# sourceMappingURL=app.js.map')
    for (const name of ['link.js', 'folder/app.js', 'app.js']) {
      const found = expectUnread(stackAt(project.path(name)), file)
      expect(found.notes.join()).toMatch(/outside the project/)
    }
  })

  it('a pipe, which would block', () => {
    execFileSync('mkfifo', [project.path('pipe.js')])
    expect(engine.frames(null, stackAt(project.path('pipe.js'))).notes).toEqual([
      'pipe.js cannot be read: its source is not shown',
    ])
  })

  it('a dependency is not mapped at all', () => {
    project.write('node_modules/dep/index.js', 'generated\n//# sourceMappingURL=index.js.map')
    project.write(
      'node_modules/dep/index.js.map',
      JSON.stringify({ version: 3, sources: ['../../.env'], names: [], mappings: 'AAAA' }),
    )
    const found = expectUnread(
      stackAt(project.path('node_modules/dep/index.js')),
      secret(project.path('.env')),
    )
    expect(found.frames[0]!.frame.kind).toBe('dependency')
    expect(sourceLine(found)).toBe('generated')
    expect(found.notes).toEqual([])
  })
})
