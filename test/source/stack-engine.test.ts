import fs, { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { dirname, join } from 'node:path'
import { defaultLimits } from '@throwpoint/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StackEngine } from '../../packages/core/src/engine/stack-engine.ts'
import { engine, makeOld, Project, repository, sourceLine, stackAt, thrownAt } from './project.ts'

const project = new Project()
const require = createRequire(import.meta.url)

describe('StackEngine', () => {
  it('marks whose code a frame is, and leaves out Throwpoint itself', () => {
    project.write('app.js', 'one\ntwo\n')
    project.write('node_modules/dep/index.js', 'dep\n')
    project.write('node_modules/@throwpoint/express/dist/index.js', 'ours\n')
    const text = [
      'Error: x',
      `    at a (${project.root}/app.js:2:1)`,
      `    at b (${project.root}/node_modules/dep/index.js:1:1)`,
      `    at c (${project.root}/node_modules/@throwpoint/express/dist/index.js:1:1)`,
      `    at d (${repository}packages/core/src/recorder/recorder.ts:1:1)`,
      `    at e (${repository}packages/koa/dist/index.js:1:1)`,
      '    at breakpoint (throwpoint:breakpoint:3:1)',
      '    at f (node:fs:1:1)',
      '    at Array.map (<anonymous>)',
      '    at async Promise.all (index 0)',
      '    at g (evalmachine.<anonymous>:1:1)',
    ].join('\n')
    const found = engine.frames(null, text)
    expect(found.frames.map(({ frame }) => [frame.functionName, frame.kind, frame.async])).toEqual([
      ['a', 'app', false],
      ['b', 'dependency', false],
      ['f', 'node', false],
      ['Array.map', 'node', false],
      ['Promise.all (index 0)', 'node', true],
      ['g', 'app', false],
    ])
    expect(found.frames[0]!.frame.source).toEqual({ firstLine: 1, lines: ['one', 'two', ''] })
    expect(found.frames[3]!.frame.location).toBeNull()
    expect(found.notes).toEqual([])
  })

  it('says once that a place is none of the file: what ran was another text', () => {
    const file = project.write('made.js', 'one\ntwo\n')
    const text = `Error: x\n    at a (${file}:2:9)\n    at b (${file}:7:1)\n    at c (${file}:2:4)`
    const { notes } = engine.frames(null, text)
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain('made.js has nothing at 2:9: ')
    expect(notes[0]).toContain('--enable-source-maps')
    expect(engine.frames(null, stackAt(file, 2, 4)).notes).toEqual([])
  })

  it('shows source of dependencies only above the first frame of the user', () => {
    project.write('app.js', 'app\n')
    project.write('node_modules/dep/index.js', 'dep\n')
    const dep = `    at d (${project.root}/node_modules/dep/index.js:1:1)\n`
    const text = `Error: x\n${dep.repeat(5)}    at a (${project.root}/app.js:1:1)\n${dep}`
    expect(engine.frames(null, text).frames.map(({ frame }) => frame.source !== undefined)).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
      false,
    ])
  })

  it("takes the user's frames of a workspace package from where its link leads", () => {
    project.write('package.json', '{"workspaces":["packages/*"]}')
    project.write('packages/lib/package.json', '{"name":"lib"}')
    project.write('packages/lib/index.js', 'lib\n')
    mkdirSync(project.path('node_modules'))
    symlinkSync(project.path('packages/lib'), project.path('node_modules/lib'))
    project.write('apps/web/package.json', '{"name":"web"}')
    process.chdir(project.path('apps/web'))
    for (const folder of ['packages/lib', 'node_modules/lib']) {
      const found = engine.frames(null, stackAt(project.path(`${folder}/index.js`)))
      expect(found.frames[0]!.frame.kind, folder).toBe('app')
      expect(sourceLine(found)).toBe('lib')
    }
  })

  it("takes a project that lies in a node_modules folder for the user's", () => {
    const inner = project.path('node_modules/app')
    project.write('node_modules/app/package.json', '{}')
    project.write('node_modules/app/index.js', 'app\n')
    process.chdir(inner)
    expect(engine.frames(null, stackAt(join(inner, 'index.js'))).frames[0]!.frame.kind).toBe('app')
  })

  it('shows source of a package outside the project from which something was loaded', () => {
    const file = join(project.base, 'linked/lib/index.cjs')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(join(project.base, 'linked/package.json'), '{}')
    writeFileSync(file, 'module.exports = () => { throw new Error("lib") }\n')
    makeOld(file)
    expect(sourceLine(engine.frames(null, stackAt(file)))).toBeUndefined()
    require(file)
    expect(sourceLine(engine.frames(null, stackAt(file)))).toContain('throw new Error("lib")')
  })

  it('says when a file was changed after the process started', () => {
    const file = project.write('app.js', 'old\n')
    expect(engine.frames(null, stackAt(file)).notes).toEqual([])
    writeFileSync(file, 'newer\n')
    const found = engine.frames(null, stackAt(file))
    expect(sourceLine(found)).toBe('newer')
    expect(found.notes).toEqual([
      'app.js was changed after this process started: the lines shown may not be those that ran',
    ])
  })

  it('says which source is gone or too large, and keeps the frames', () => {
    const text = `${stackAt(project.path('gone.js'))}\n    at g (${project.write('large.js', 'x'.repeat(2 ** 20 + 1))}:1:1)`
    const found = engine.frames(null, text)
    expect(found.frames.map(({ frame }) => frame.functionName)).toEqual(['f', 'g'])
    expect(found.notes).toEqual([
      'gone.js is not there any more: its source cannot be shown',
      'large.js is larger than 1 MiB: its source is not shown',
    ])
  })

  it('keeps to limits.frames and says so; the innermost are kept', () => {
    const few = new StackEngine({ limits: { ...defaultLimits, frames: 3 } })
    const frames = Array.from({ length: 10_000 }, (_, at) => `    at f${at} (/a.js:1:1)`)
    const found = few.frames(null, `Error: x\n${frames.join('\n')}`)
    expect(found.frames.map(({ frame }) => frame.functionName)).toEqual(['f0', 'f1', 'f2'])
    expect(found.notes).toContain('Only the first 3 frames are shown (limits.frames).')
    expect(found.stack.length).toBeLessThan(defaultLimits.stringLength + 100)
    expect(found.stack).toMatch(/… \d+ more characters$/)
    const three = few.frames(null, `Error: x\n${frames.slice(0, 3).join('\n')}`)
    expect(three.notes.join()).not.toContain('limits.frames')
  })

  it('takes no frame out of a message', () => {
    const message = 'failed:\n    at fake (/etc/passwd:1:1)\nas said'
    const error = new Error(message)
    const found = engine.frames(error, error.stack!)
    expect(JSON.stringify(found.frames)).not.toContain('/etc/passwd')
    expect(found.frames.length).toBeGreaterThan(0)
    expect(found.stack).toContain(message)
  })

  it('survives whatever stack there is, and reads no getter of the thrown value', () => {
    let read = 0
    const hostile = Object.defineProperty({}, 'message', {
      get() {
        read += 1
        throw new Error('getter')
      },
    })
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '\n    at ',
        'f (',
        ':1:2)',
        '/etc/passwd',
        'file:///%',
        'node:fs',
        '\0',
        'eval at ',
        'data:,',
        '..',
      ),
      fc.constant(join(repository, 'package.json')),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        for (const thrown of [
          null,
          hostile,
          new Proxy(
            {},
            {
              get: () => {
                throw new Error('trap')
              },
            },
          ),
        ]) {
          const { frames, stack } = engine.frames(thrown, parts.join(''))
          for (const { frame } of frames) {
            if (frame.location !== null) expect(frame.location.line).toBeGreaterThanOrEqual(0)
          }
          expect(typeof stack).toBe('string')
        }
      }),
    )
    expect(read).toBe(0)
  })

  it('keeps the frames when the file system is broken', () => {
    const { existsSync } = fs
    fs.existsSync = (): never => {
      throw new Error('mocked')
    }
    syncBuiltinESMExports()
    mkdirSync(project.path('elsewhere'))
    process.chdir(project.path('elsewhere'))
    try {
      const found = engine.frames(
        null,
        `${stackAt('/a.js')}\n    at g (node:fs:1:2)\n    at h (/node_modules/x/a.js:1:1)`,
      )
      expect(found.frames.map(({ frame }) => frame.kind)).toEqual(['app', 'node', 'dependency'])
      expect(found.notes).toEqual(['No source could be looked for.'])
    } finally {
      fs.existsSync = existsSync
      syncBuiltinESMExports()
    }
  })

  it('has nothing for a value without a stack', () => {
    expect(engine.frames('text', '')).toMatchObject({ frames: [], stack: '', notes: [] })
  })

  it('does not touch the map library that the application may have installed', () => {
    const shared = require('source-map-support') as object
    const hook = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
    project.tsc('--sourceMap')
    const text = project.stackOf(['dist/main.js'])
    expect(project.places(engine.frames(null, text))).toEqual(thrownAt)
    expect(require('source-map-support')).toBe(shared)
    expect(Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')).toEqual(hook)
  })
})
