import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { types } from 'node:util'
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { defaultLimits } from '@throwpoint/protocol'
import { ThrowpointTypeError } from '../errors.ts'
import { optionTable } from './option-table.ts'
import type { DebugOptions } from './options.ts'
import { projectName } from './project.ts'
import { resolveOptions } from './resolve-options.ts'

const base = realpathSync(mkdtempSync(join(tmpdir(), 'throwpoint-options-')))
afterAll(() => rmSync(base, { recursive: true, force: true }))

/** What is thrown at somebody who writes JavaScript. */
function failure(options: unknown): { code: string; message: string } {
  try {
    resolveOptions(options as DebugOptions, {})
  } catch (error) {
    expect(error).toBeInstanceOf(ThrowpointTypeError)
    expect(error).toBeInstanceOf(TypeError)
    const { code, message } = error as ThrowpointTypeError
    return { code, message }
  }
  throw new Error(`accepted ${JSON.stringify(options)}`)
}

describe('nothing given', () => {
  it('is every default', () => {
    const expected = {
      enabled: true,
      engine: 'auto',
      page: true,
      terminal: 'report',
      holdMs: 600_000,
      dump: false,
      record: false,
      recordSecrets: false,
      break: false,
      breakOnStart: false,
      watchdog: false,
      ignore: undefined,
      redact: { names: [], keep: [] },
      limits: defaultLimits,
      path: '/__throwpoint',
      hosts: [],
      editor: undefined,
      onReport: undefined,
      warnings: [],
    }
    expect(resolveOptions(undefined, {})).toEqual(expected)
    expect(resolveOptions({}, {})).toEqual(expected)
    const undefinedOnes = Object.fromEntries(optionTable.map(({ name }) => [name, undefined]))
    expect(resolveOptions(undefinedOnes, {})).toEqual(expected)
    const empty = Object.fromEntries(
      optionTable.flatMap(({ variables }) => variables.map(({ name }) => [name, ''])),
    )
    expect(resolveOptions({}, empty)).toEqual(expected)
  })
})

describe('an option that does not exist', () => {
  const near: ReadonlyArray<readonly [given: string, meant: string]> = [
    ['terminl', 'terminal'],
    ['Terminal', 'terminal'],
    ['dmup', 'dump'],
    ['dumps', 'dump'],
    ['on_report', 'onReport'],
    ['onreport', 'onReport'],
    ['host', 'hosts'],
    ['redacts', 'redact'],
    ['limit', 'limits'],
    ['ingore', 'ignore'],
    ['enable', 'enabled'],
    ['brake', 'break'],
    ['engin', 'engine'],
    ['paht', 'path'],
    ['pages', 'page'],
  ]
  it.each(near)('%s is a TypeError that names %s', (given, meant) => {
    expect(failure({ [given]: 1 })).toEqual({
      code: 'TP_UNKNOWN_OPTION',
      message: `There is no option "${given}"; did you mean "${meant}"?`,
    })
  })

  it('is near to none: then all are named', () => {
    expect(failure({ verbose: true })).toEqual({
      code: 'TP_UNKNOWN_OPTION',
      message:
        'There is no option "verbose"; there are enabled, engine, page, terminal, hold, dump, record, recordSecrets, ' +
        'break, breakOnStart, watchdog, ignore, redact, limits, path, hosts, editor, onReport',
    })
    expect(failure({ [`${'x'.repeat(100_000)}`]: 1 }).message.length).toBeLessThan(300)
    expect(failure(JSON.parse('{"__proto__":1}')).code).toBe('TP_UNKNOWN_OPTION')
    expect(failure({ constructor: 1 }).code).toBe('TP_UNKNOWN_OPTION')
  })
})

describe('an option of the wrong kind', () => {
  const hostile = {
    toString: () => {
      throw new Error('called')
    },
    toJSON: () => {
      throw new Error('called')
    },
  }
  const revoked = Proxy.revocable([], {})
  revoked.revoke()
  /** Values, and how a sentence speaks of them. */
  const values: ReadonlyArray<readonly [value: unknown, described: string]> = [
    [null, 'null'],
    [0, '0'],
    [-1.5, '-1.5'],
    [Number.NaN, 'NaN'],
    [12n, '12n'],
    [true, 'true'],
    [false, 'false'],
    ['', '""'],
    ['yes', '"yes"'],
    ['x'.repeat(1000), `"${'x'.repeat(60)}…"`],
    [Symbol('secret'), 'a symbol'],
    [() => true, 'a function'],
    [class {}, 'a function'],
    [{}, 'an object'],
    [hostile, 'an object'],
    [Object.create(null), 'an object'],
    [[], 'an array of 0'],
    [[1, 2], 'an array of 2'],
    [new Proxy({}, { get: () => expect.unreachable() }), 'a proxy'],
    [revoked.proxy, 'a proxy'],
    [new Map(), 'an object'],
    [new Date(), 'an object'],
    [/x/, 'an object'],
    [Promise.resolve(), 'an object'],
  ]
  /** Which of them an option takes. */
  const takes: Record<keyof DebugOptions, (value: unknown) => boolean> = {
    enabled: (value) => typeof value === 'boolean',
    engine: () => false,
    page: (value) => typeof value === 'boolean',
    terminal: () => false,
    hold: (value) => value === false,
    dump: (value) => typeof value === 'boolean' || (typeof value === 'string' && value !== ''),
    record: (value) => typeof value === 'boolean' || (typeof value === 'string' && value !== ''),
    recordSecrets: (value) => typeof value === 'boolean',
    breakOnStart: (value) => typeof value === 'boolean',
    watchdog: (value) => value === false || (typeof value === 'number' && value > 0 && value <= 86_400),
    break: (value) => value === false,
    ignore: (value) => typeof value === 'function',
    redact: (value) => isPlainish(value),
    limits: (value) => isPlainish(value),
    path: () => false,
    hosts: (value) => Array.isArray(value) && value.length === 0,
    editor: (value) => value === false,
    onReport: (value) => typeof value === 'function',
  }
  /** An object that has none of the properties we ask for is an empty one. */
  function isPlainish(value: unknown): boolean {
    if (types.isProxy(value)) return false
    return (
      value instanceof Map ||
      value instanceof Date ||
      value instanceof RegExp ||
      value instanceof Promise ||
      isBare(value)
    )
  }
  function isBare(value: unknown): boolean {
    return typeof value === 'object' && value !== null && value !== hostile && !Array.isArray(value)
  }

  const cases = optionTable.flatMap(({ name }) =>
    values.map(([value, described]) => ({ name, value, described })),
  )
  it.each(cases.filter(({ value }) => value !== revoked.proxy))(
    '$name: $described is taken or refused with a sentence, and none of its code runs',
    ({ name, value, described }) => {
      const isTaken = (() => {
        try {
          return takes[name](value)
        } catch {
          return false
        }
      })()
      if (isTaken) {
        expect(() => resolveOptions({ [name]: value }, {})).not.toThrow()
        return
      }
      const { code, message } = failure({ [name]: value })
      expect(code).toMatch(/^TP_(?:BAD|UNKNOWN)_OPTION$/)
      expect(message).toMatch(new RegExp(`^The option "${name}" (?:must|may|has|knows) `))
      expect(message).not.toContain('secret')
      if (/^The option "\w+" must be .*, not /.test(message))
        expect(message.endsWith(`not ${described}`)).toBe(true)
    },
  )

  it.each(optionTable)('$name: a revoked proxy is refused too', ({ name }) => {
    expect(failure({ [name]: revoked.proxy }).message).toContain(`"${name}"`)
  })

  it('says what is allowed', () => {
    const sentences = [
      { enabled: 'yes' },
      { engine: 'inspector' },
      { page: 1 },
      { terminal: 'sessions' },
      { hold: 600 },
      { hold: '10' },
      { hold: true },
      { dump: 5 },
      { dump: '  ' },
      { dump: 'a\0b' },
      { break: true },
      { ignore: 'ENOENT' },
      { onReport: {} },
      { redact: ['password'] },
      { redact: { name: [] } },
      { redact: { names: 'password' } },
      { redact: { keep: ['ok', 5] } },
      { redact: { names: ['--'] } },
      { limits: { deph: 1 } },
      { limits: { depth: 0 } },
      { limits: { depth: 1.5 } },
      { limits: { depth: Infinity } },
      { limits: { depth: '4' } },
      { path: 'debug' },
      { path: '/' },
      { path: '///' },
      { path: '/a?b' },
      { path: '/a b' },
      { path: '/a/../b' },
      { path: '/a/./b' },
      { path: '/%2e' },
      { path: '/é' },
      { path: `/${'a'.repeat(300)}` },
      { watchdog: 0 },
      { watchdog: true },
      { watchdog: Infinity },
      { watchdog: '30' },
      { hosts: 'localhost' },
      { hosts: [5] },
      { hosts: ['http://a.test'] },
      { hosts: ['a.test:3000'] },
      { hosts: ['*.test'] },
      { hosts: ['a..b'] },
      { hosts: ['bücher.test'] },
      { hosts: [''] },
      { hosts: ['[::1'] },
    ].map((options) => failure(options).message)
    expect(sentences).toMatchInlineSnapshot(`
      [
        "The option "enabled" must be true or false, not "yes"",
        "The option "engine" must be 'auto', 'instrumented' or 'stack', not "inspector"",
        "The option "page" must be true or false, not 1",
        "The option "terminal" must be 'report', 'session' or 'off', not "sessions"",
        "The option "hold" must be a time such as '90s', '10m' or '1h', or false, not 600",
        "The option "hold" must be a time such as '90s', '10m' or '1h', or false, not "10"",
        "The option "hold" must be a time such as '90s', '10m' or '1h', or false, not true",
        "The option "dump" must be true, false or the path of a directory, not 5",
        "The option "dump" must not be empty; false writes none",
        "The option "dump" must not contain a NUL character",
        "The option "break" must be false or 'boundary', not true",
        "The option "ignore" must be a function, not "ENOENT"",
        "The option "onReport" must be a function, not an object",
        "The option "redact" must be an object with the lists "names" and "keep", not an array of 1",
        "The option "redact" has no "name", only "names" and "keep"",
        "The option "redact" has a bad "names": it must be an array of names, not "password"",
        "The option "redact" has a bad "keep": it must be an array of names, and 5 is none",
        "The option "redact" has a bad "names": it must hold names with a letter or digit; "--" has none",
        "The option "limits" has no "deph"; did you mean "depth"?",
        "The option "limits" has a bad "depth": it must be a whole number from 1, not 0",
        "The option "limits" has a bad "depth": it must be a whole number from 1, not 1.5",
        "The option "limits" has a bad "depth": it must be a whole number from 1, not Infinity",
        "The option "limits" has a bad "depth": it must be a whole number from 1, not "4"",
        "The option "path" must start with '/', and "debug" does not",
        "The option "path" must not be '/': it would take every request from the application",
        "The option "path" must not be '/': it would take every request from the application",
        "The option "path" may have letters, digits and -._~!$&'()*+,;=:@ between its slashes, but is "/a?b"",
        "The option "path" may have letters, digits and -._~!$&'()*+,;=:@ between its slashes, but is "/a b"",
        "The option "path" must not have '.' or '..' as a segment, as "/a/../b" has",
        "The option "path" must not have '.' or '..' as a segment, as "/a/./b" has",
        "The option "path" may have letters, digits and -._~!$&'()*+,;=:@ between its slashes, but is "/%2e"",
        "The option "path" may have letters, digits and -._~!$&'()*+,;=:@ between its slashes, but is "/é"",
        "The option "path" must not be longer than 200 characters",
        "The option "watchdog" must be false or a number of seconds (more than 0, at most 86400), not 0",
        "The option "watchdog" must be false or a number of seconds (more than 0, at most 86400), not true",
        "The option "watchdog" must be false or a number of seconds (more than 0, at most 86400), not Infinity",
        "The option "watchdog" must be false or a number of seconds (more than 0, at most 86400), not "30"",
        "The option "hosts" must be an array of host names, not "localhost"",
        "The option "hosts" must be an array of host names, and 5 is none",
        "The option "hosts" must hold host names alone: no scheme, port, path or '*', and Punycode for other alphabets; "http://a.test" is none",
        "The option "hosts" must hold host names alone: no scheme, port, path or '*', and Punycode for other alphabets; "a.test:3000" is none",
        "The option "hosts" must hold host names alone: no scheme, port, path or '*', and Punycode for other alphabets; "*.test" is none",
        "The option "hosts" must hold host names alone: no scheme, port, path or '*', and Punycode for other alphabets; "a..b" is none",
        "The option "hosts" must hold host names alone: no scheme, port, path or '*', and Punycode for other alphabets; "bücher.test" is none",
        "The option "hosts" must hold host names alone: no scheme, port, path or '*', and Punycode for other alphabets; "" is none",
        "The option "hosts" must hold host names alone: no scheme, port, path or '*', and Punycode for other alphabets; "[::1" is none",
      ]
    `)
  })

  it('are options themselves', () => {
    for (const [value, described] of values) {
      if (described === 'an object') continue
      expect(failure(value)).toEqual({
        code: 'TP_BAD_OPTION',
        message: `debugMiddleware(options): options must be an object, not ${described}`,
      })
    }
  })
})

describe('what is taken', () => {
  it('is kept as it is, or brought into one form', () => {
    const ignore = (): boolean => true
    const onReport = (): void => {}
    const resolved = resolveOptions(
      {
        enabled: false,
        engine: 'stack',
        page: false,
        terminal: 'off',
        hold: false,
        dump: '/var/dumps/',
        record: '/var/exchanges',
        recordSecrets: true,
        break: 'boundary',
        breakOnStart: true,
        watchdog: 0.5,
        ignore,
        onReport,
        redact: { names: ['internalCode'], keep: ['token'] },
        limits: { depth: 9 },
        path: '//debug///reports/',
        hosts: ['App.Test', ' 10.0.0.7 ', '[FE80::1]', 'my_host'],
      },
      {},
    )
    expect(resolved).toEqual({
      enabled: false,
      engine: 'stack',
      page: false,
      terminal: 'off',
      holdMs: undefined,
      dump: '/var/dumps',
      record: '/var/exchanges',
      recordSecrets: true,
      break: 'boundary',
      breakOnStart: true,
      watchdog: 0.5,
      ignore,
      onReport,
      redact: { names: ['internalCode'], keep: ['token'] },
      limits: { ...defaultLimits, depth: 9 },
      path: '/debug/reports',
      hosts: ['app.test', '10.0.0.7', '[fe80::1]', 'my_host'],
      warnings: [],
    })
  })

  it('may be inherited, but not from Object.prototype', () => {
    class Configuration {
      page = false
    }
    const options = Object.create(new Configuration()) as DebugOptions
    expect(resolveOptions(options, {}).page).toBe(false)
    const prototype = Object.prototype as { path?: unknown }
    prototype.path = 'polluted'
    try {
      expect(resolveOptions({}, {}).path).toBe('/__throwpoint')
      expect(resolveOptions({ path: '/own' }, {}).path).toBe('/own')
    } finally {
      delete prototype.path
    }
  })

  it('is not changed afterwards through what was given', () => {
    const names = ['a']
    const resolved = resolveOptions({ redact: { names } }, {})
    names.push('b')
    expect(resolved.redact.names).toEqual(['a'])
  })
})

describe('the environment', () => {
  it('goes before the options', () => {
    const options: DebugOptions = {
      engine: 'auto',
      page: true,
      terminal: 'report',
      hold: '10m',
      dump: false,
      record: false,
      recordSecrets: false,
      break: false,
      breakOnStart: false,
      watchdog: false,
      redact: { names: ['a'], keep: ['b'] },
      limits: { depth: 1, items: 2 },
      path: '/options',
      hosts: ['options.test'],
    }
    const env = {
      THROWPOINT_ENGINE: ' Stack ',
      THROWPOINT_PAGE: 'off',
      THROWPOINT_TERMINAL: 'off',
      THROWPOINT_HOLD: ' 1.5h ',
      THROWPOINT_WATCHDOG: ' 30 ',
      THROWPOINT_DUMP: '/var/dumps',
      THROWPOINT_BREAK: 'boundary',
      THROWPOINT_REDACT_NAMES: 'c, d,',
      THROWPOINT_REDACT_KEEP: 'e',
      THROWPOINT_LIMITS: 'depth=6, frames = 7',
      THROWPOINT_PATH: '/env/',
      THROWPOINT_HOSTS: 'Env.Test,other.test',
    }
    expect(resolveOptions(options, env)).toMatchObject({
      engine: 'stack',
      page: false,
      terminal: 'off',
      holdMs: 5_400_000,
      watchdog: 30,
      dump: '/var/dumps',
      break: 'boundary',
      // These two add up: what somebody wanted hidden stays hidden.
      redact: { names: ['a', 'c', 'd'], keep: ['b', 'e'] },
      limits: { ...defaultLimits, depth: 6, items: 2, frames: 7 },
      path: '/env',
      hosts: ['env.test', 'other.test'],
      warnings: [],
    })
  })

  it('can switch off what the options switch on', () => {
    const options: DebugOptions = { dump: '/var/dumps', break: 'boundary', hold: '1m', watchdog: 5 }
    const env = {
      THROWPOINT_DUMP: '0',
      THROWPOINT_BREAK: 'off',
      THROWPOINT_HOLD: 'no',
      THROWPOINT_WATCHDOG: '0',
    }
    const expected = { dump: false, break: false, holdMs: undefined, watchdog: false }
    expect(resolveOptions(options, env)).toMatchObject(expected)
  })

  const bad: ReadonlyArray<readonly [variable: string, text: string, warning: string]> = [
    ['THROWPOINT', 'maybe', 'it must be 1 or 0 (or true, false, on, off, yes, no), not "maybe"'],
    ['THROWPOINT_PAGE', 'html', 'it must be 1 or 0 (or true, false, on, off, yes, no), not "html"'],
    ['THROWPOINT_ENGINE', 'v8', "it must be 'auto', 'instrumented' or 'stack', not \"v8\""],
    ['THROWPOINT_TERMINAL', '1', "it must be 'report', 'session' or 'off', not \"1\""],
    [
      'THROWPOINT_WATCHDOG',
      'soon',
      'it must be false or a number of seconds (more than 0, at most 86400), not "soon"',
    ],
    ['THROWPOINT_BREAK', 'on', 'it must be false or \'boundary\', not "on"'],
    [
      'THROWPOINT_LIMITS',
      '{"depth":6}',
      'it must be a list such as depth=6,items=200, not "{\\"depth\\":6}"',
    ],
    ['THROWPOINT_LIMITS', 'depth=0', 'it has a bad "depth": it must be a whole number from 1, not 0'],
    [
      'THROWPOINT_LIMITS',
      '__proto__=5',
      `it has no "__proto__"; there are ${Object.keys(defaultLimits).join(', ')}`,
    ],
    ['THROWPOINT_LIMITS', 'item=5', 'it has no "item"; did you mean "items"?'],
    ['THROWPOINT_PATH', 'debug', 'it must start with \'/\', and "debug" does not'],
    [
      'THROWPOINT_HOSTS',
      'http://a',
      'it must hold host names alone: no scheme, port, path or \'*\', and Punycode for other alphabets; "http://a" is none',
    ],
    ['THROWPOINT_REDACT_NAMES', '*', 'it must hold names with a letter or digit; "*" has none'],
  ]
  it.each(bad)('%s=%s is a warning and no more', (variable, text, warning) => {
    const resolved = resolveOptions({}, { [variable]: text })
    expect(resolved).toEqual({
      ...resolveOptions({}, {}),
      warnings: [`The variable ${variable} is ignored: ${warning}`],
    })
  })

  it('has a warning for a variable that is nearly one of ours, and none for others', () => {
    const env = {
      THROWPOINT_TERMINALS: 'off',
      THROWPOINT_INCLUDE: 'src/**',
      THROWPOINT_FULL: '1',
      THROW: '1',
    }
    expect(resolveOptions({}, env).warnings).toEqual([
      'The variable THROWPOINT_TERMINALS is not known; did you mean THROWPOINT_TERMINAL?',
    ])
  })

  it('never throws, and leaves options as they would be or sets them to something valid', () => {
    const variables = optionTable.flatMap(({ variables: list }) => list.map(({ name }) => name))
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('1', 'off', '/x', 'a.b', 'depth=3'),
    )
    const environment = fc.dictionary(
      fc.constantFrom(...variables, 'NODE_ENV', 'XDG_STATE_HOME', 'HOME'),
      text,
    )
    fc.assert(
      fc.property(environment, (env) => {
        const { warnings, enabled, ...resolved } = resolveOptions({}, env)
        expect(typeof enabled).toBe('boolean')
        for (const warning of warnings) expect(warning).toMatch(/^(?:The variable THROWPOINT|No dumps)/)
        // What came out is valid: it can be given again.
        const { holdMs, ...others } = resolved
        const hold = holdMs === undefined ? false : `${holdMs}ms`
        const again = resolveOptions({ ...others, hold } as DebugOptions, {})
        expect(again).toMatchObject(resolved)
      }),
    )
  })
})

describe('the directory for dumps', () => {
  const cwd = process.cwd()
  afterEach(() => process.chdir(cwd))

  it('is in the state directory, under a name for the project', () => {
    const state = join(base, 'state')
    const project = join(base, 'one', 'shop')
    mkdirSync(join(project, 'src', 'deep'), { recursive: true })
    writeFileSync(join(project, 'package.json'), '{}')
    process.chdir(join(project, 'src', 'deep'))
    const { dump } = resolveOptions({ dump: true }, { XDG_STATE_HOME: state })
    expect(dump).toMatch(new RegExp(`^${state}/throwpoint/shop-[0-9a-f]{8}/dumps$`))
    expect(resolveOptions({}, { XDG_STATE_HOME: state, THROWPOINT_DUMP: '1' }).dump).toBe(dump)
    const home = join(base, 'home')
    expect(resolveOptions({ dump: true }, { HOME: home }).dump).toBe(
      join(home, '.local/state', (dump as string).slice(state.length)),
    )
    // A relative one is to be ignored, says its specification.
    expect(resolveOptions({ dump: true }, { HOME: home, XDG_STATE_HOME: 'relative' }).dump).toContain(home)
    expect(resolveOptions({ dump: true }, {}).dump).toContain(
      join(homedir(), '.local/state/throwpoint/shop-'),
    )
  })

  it('is another for another project of the same name, and the same through a symbolic link', () => {
    const [first, second] = ['a', 'b'].map((name) => join(base, 'same', name, 'shop'))
    for (const project of [first!, second!]) {
      mkdirSync(project, { recursive: true })
      writeFileSync(join(project, 'package.json'), '{}')
    }
    symlinkSync(first!, join(base, 'same', 'link'))
    expect(projectName(first!)).not.toBe(projectName(second!))
    expect(projectName(join(base, 'same', 'link'))).toBe(projectName(first!))
  })

  it('has a name that is one path segment whatever the project is called', () => {
    for (const name of ['my shop', '...', '-', 'ü', '@x', 'a'.repeat(200)]) {
      const project = join(base, 'names', name)
      mkdirSync(project, { recursive: true })
      writeFileSync(join(project, 'package.json'), '{}')
      expect(projectName(project)).toMatch(/^[\w-][\w.-]{0,63}-[0-9a-f]{8}$/)
    }
  })

  it('is what was given, from the working directory or the home directory', () => {
    expect(resolveOptions({ dump: './dumps' }, {}).dump).toBe(resolve('dumps'))
    expect(resolveOptions({ dump: '~/dumps' }, { HOME: '/home/u' }).dump).toBe('/home/u/dumps')
    expect(resolveOptions({ dump: '~' }, { HOME: '/home/u' }).dump).toBe('/home/u')
    expect(resolveOptions({ dump: '~user/dumps' }, {}).dump).toBe(resolve('~user/dumps'))
  })

  it('is none, with a warning, where the working directory is gone', () => {
    const gone = join(base, 'gone')
    mkdirSync(gone)
    process.chdir(gone)
    rmSync(gone, { recursive: true })
    for (const dump of [true, './dumps']) {
      expect(resolveOptions({ dump }, { HOME: '/home/u' })).toMatchObject({
        dump: false,
        warnings: [expect.stringContaining('No dumps are written')],
      })
    }
    expect(resolveOptions({ dump: '/var/dumps' }, {}).dump).toBe('/var/dumps')
  })
})
