import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decideDevelopment, type Environment } from './development.ts'
import type { DebugOptions } from './options.ts'

type Row = readonly [env: Environment, options: DebugOptions | undefined, active: boolean, reason: RegExp]

const rows: readonly Row[] = [
  [{}, undefined, true, /not set/],
  [{}, {}, true, /not set/],
  [{ NODE_ENV: '' }, {}, true, /not set/],
  [{ NODE_ENV: 'development' }, {}, true, /is development/],
  [{ NODE_ENV: 'development ' }, {}, true, /is development/],
  [{ NODE_ENV: 'test' }, {}, false, /neither/],
  [{ NODE_ENV: 'staging' }, {}, false, /neither/],
  [{ NODE_ENV: 'prod' }, {}, false, /neither/],
  [{ NODE_ENV: 'test' }, { enabled: true }, true, /"enabled"/],
  [{ NODE_ENV: 'test', THROWPOINT: '1' }, {}, true, /THROWPOINT/],
  [{ NODE_ENV: 'development' }, { enabled: false }, false, /"enabled"/],
  [{ NODE_ENV: 'development', THROWPOINT: '0' }, {}, false, /THROWPOINT/],
  [{ THROWPOINT: '0' }, { enabled: true }, false, /THROWPOINT/],
  [{ THROWPOINT: 'on' }, { enabled: false }, true, /THROWPOINT/],
  [{ THROWPOINT: 'perhaps' }, { enabled: false }, false, /"enabled"/],
  [{ THROWPOINT: '' }, {}, true, /not set/],
  [{ NODE_ENV: 'production' }, {}, false, /production/],
  [{ NODE_ENV: 'production' }, { enabled: true }, false, /production/],
  [{ NODE_ENV: 'production', THROWPOINT: '1' }, { enabled: true }, false, /production/],
  [{ NODE_ENV: 'production ' }, { enabled: true }, false, /production/],
  [{ NODE_ENV: 'Production' }, { enabled: true }, false, /production/],
  [{ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, {}, false, /Kubernetes/],
  [{ AWS_LAMBDA_FUNCTION_NAME: 'f' }, {}, false, /Lambda/],
  [{ VERCEL: '1' }, {}, false, /Vercel/],
  [{ DYNO: 'web.1' }, {}, false, /Heroku/],
  [{ FLY_APP_NAME: 'f' }, {}, false, /Fly/],
  [{ RENDER: 'true' }, {}, false, /Render/],
  [{ K_SERVICE: 'k' }, {}, false, /Cloud Run/],
  [{ VERCEL: '' }, {}, true, /not set/],
  [{ VERCEL: '1', NODE_ENV: 'development' }, {}, true, /is development/],
  [{ VERCEL: '1' }, { enabled: true }, true, /"enabled"/],
  [{ VERCEL: '1', THROWPOINT: '1' }, {}, true, /THROWPOINT/],
]

describe('decideDevelopment', () => {
  it.each(rows)('with %j and %j is active: %j', (env, options, active, reason) => {
    const decision = decideDevelopment(env, options)
    expect(decision.active).toBe(active)
    expect(decision.reason).toMatch(reason)
    const isMarker = !active && /looks like production/.test(decision.reason)
    expect(decision.notice !== undefined).toBe(isMarker)
  })

  it('takes anything for options', () => {
    const options = [null, 5, 'x', [], { enabled: 'yes' }, { enabled: 0 }]
    for (const one of options) expect(decideDevelopment({}, one)).toMatchObject({ active: true })
    const throwing = {
      get enabled(): never {
        throw new Error('no')
      },
    }
    expect(decideDevelopment({}, throwing).active).toBe(true)
  })
})

describe('the module', () => {
  const file = join(import.meta.dirname, 'development.ts')

  it('imports nothing', () => {
    expect(readFileSync(file, 'utf8')).not.toMatch(/^import|\bimport\(|\brequire\(/m)
  })

  it('says once, and only for a production marker, how to switch it on', () => {
    const code = `
      const { isDevelopment } = await import(${JSON.stringify(file)})
      console.log([isDevelopment(), isDevelopment({}), isDevelopment({ enabled: true })].join())`
    const run = (env: Environment): ReturnType<typeof spawnSync> => {
      const { PATH } = process.env
      const options = ['--import', 'tsx', '--input-type=module', '-e', code]
      return spawnSync(process.execPath, options, {
        encoding: 'utf8',
        env: { PATH, ...env },
        timeout: 25_000,
      })
    }
    expect(run({ DYNO: 'web.1' })).toMatchObject({
      stdout: 'false,false,true\n',
      stderr:
        'throwpoint: off, because DYNO is set, so this looks like production (Heroku). ' +
        'Set NODE_ENV=development or THROWPOINT=1 to switch it on.\n',
    })
    expect(run({ DYNO: 'web.1', NODE_ENV: 'production' })).toMatchObject({
      stdout: 'false,false,false\n',
      stderr: '',
    })
    expect(run({ NODE_ENV: 'test' })).toMatchObject({ stdout: 'false,false,true\n', stderr: '' })
  })
})
