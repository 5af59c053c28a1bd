/* oxlint-disable typescript/unbound-method -- built-ins are replaced and put back here */
import { inspect } from 'node:util'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { defaultLimits, isReport, type Report } from '@throwpoint/protocol'
import { handlerReport, maximalReport } from '../../../../test/report-samples.ts'
import { describeThrown } from '../thrown/thrown.ts'
import { ValueReader } from '../value/read-value.ts'
import { type RedactOptions, Redaction } from './redaction.ts'

/** 16 characters and more, large and small letters and digits mixed: looks secret, and is found wherever it is. */
const canary = 'S3CR3T-x7Kq9ZtB4wLm2Vn'
/** A secret that looks like nothing. Only its name gives it away. */
const quiet = 'opensesame'

interface Parts {
  readonly locals?: Readonly<Record<string, unknown>>
  readonly thrown?: unknown
  readonly headers?: ReadonlyArray<readonly [string, string]>
  readonly url?: string
  readonly body?: unknown
  readonly lines?: readonly string[]
  readonly options?: RedactOptions
}

/** A report with these things in it, made with the parts that make reports. */
function reportOf(parts: Parts): Report {
  const redactor = new Redaction(parts.options).forReport()
  const limits = defaultLimits
  const reader = new ValueReader({ limits, redactor, deadline: Infinity })
  const { error, causes } = describeThrown(parts.thrown ?? new Error('x'), reader, { limits, redactor })
  const variables = Object.entries(parts.locals ?? {}).map(([name, value]) => ({
    name,
    value: reader.read(value, name),
  }))
  const frame = {
    ...handlerReport.frames[0]!,
    scopes: [{ type: 'local' as const, variables }],
    source: { firstLine: 1, lines: parts.lines ?? ['throw error'] },
  }
  const report = redactor.finish<Report>({
    ...handlerReport,
    error,
    causes: causes.map(({ thrown: _thrown, stackText: _stackText, ...cause }) => ({ ...cause, frames: [] })),
    frames: [frame],
    request: {
      method: 'POST',
      url: redactor.text(parts.url ?? '/'),
      httpVersion: '1.1',
      headers: (parts.headers ?? []).map(([name, value]) => [name, redactor.header(name, value)] as const),
      ...(parts.body === undefined ? {} : { body: reader.read(parts.body) }),
    },
  })
  const finished = { ...report, hidden: redactor.hidden }
  expect(isReport(JSON.parse(JSON.stringify(finished)))).toBe(true)
  return finished
}

/** The places in which some text of a report has the secret, in any of its spellings. */
function leaks(report: Report, secret: string): string[] {
  const bytes = Buffer.from(secret)
  const spellings = [
    secret,
    encodeURIComponent(secret),
    bytes.toString('base64').slice(0, -4),
    bytes.toString('hex'),
    bytes.toString('hex').replace(/(..)(?!$)/g, '$1 '),
  ]
  const found: string[] = []
  const look = (value: unknown, path: string): void => {
    if (typeof value === 'string') {
      for (const spelling of spellings) if (value.includes(spelling)) found.push(`${path}: ${value}`)
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) look(inner, `${path}.${key}`)
    }
  }
  look(report, 'report')
  return found
}

function withCause(cause: unknown): Error {
  return new Error('outer', { cause })
}

const basic = Buffer.from(`admin:${canary}`).toString('base64')
const jwt = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from('{"sub":"1"}').toString('base64url')}.c2lnbmF0dXJlMTIz`

/** What is in it, and how to put it there. The secret must not be in the report, not even in part. */
const places: Record<string, (secret: string) => Parts> = {
  'a variable by its name': (secret) => ({ locals: { password: secret } }),
  'a variable in capitals': (secret) => ({ locals: { DB_PASSWORD: secret } }),
  'a name with words before': (secret) => ({ locals: { userPassword: secret, 'smtp-password': secret } }),
  'a name in full-width letters': (secret) => ({ locals: { Pａssword: secret } }),
  'a property': (secret) => ({ locals: { config: { db: { clientSecret: secret } } } }),
  'a property that is not enumerable': (secret) => ({
    locals: { config: Object.defineProperty({}, 'apiKey', { value: secret }) },
  }),
  'a property under a symbol': (secret) => ({ locals: { config: { [Symbol('apiKey')]: secret } } }),
  'an entry of a Map': (secret) => ({ locals: { config: new Map([['apiKey', secret]]) } }),
  'the key of a Map in an object': (secret) => ({
    locals: {
      list: [
        new Map([
          ['access_token', { value: 1 }],
          ['token', secret as never],
        ]),
      ],
    },
  }),
  'an object in an array': (secret) => ({ locals: { users: [{ name: 'Ann', passwd: secret }] } }),
  'a list of names and values': (secret) => ({ locals: { fields: [{ name: 'password', value: secret }] } }),
  'a list of pairs': (secret) => ({
    locals: {
      entries: [
        ['user', 'ann'],
        ['password', secret],
      ],
    },
  }),
  'a flat list of headers': (secret) => ({
    locals: { req: { rawHeaders: ['Host', 'a', 'X-Api-Key', secret, 'Cookie', `a=${secret}`] } },
  }),
  Headers: (secret) => ({ locals: { headers: new Headers({ 'x-api-key': secret, host: 'a' }) } }),
  URLSearchParams: (secret) => ({ locals: { query: new URLSearchParams({ token: secret }) } }),
  'a URL with a query': (secret) => ({
    locals: { target: new URL(`https://a.test/?access_token=${secret}&b=1`) },
  }),
  arguments: (secret) => ({ locals: { arguments: toArguments({ secret }) } }),
  'what was bound': (secret) => ({ locals: { partial: Object.assign(() => 1, { token: secret }) } }),
  'an object without prototype': (secret) => ({
    locals: { config: Object.assign(Object.create(null) as object, { secret }) },
  }),
  'an object of another realm': (secret) => ({
    locals: { config: runInNewContext('({ secret: s })', { s: secret }) as object },
  }),
  'a boxed string': (secret) => ({ locals: { password: new String(secret) } }),
  'a Buffer by its name': (secret) => ({ locals: { privateKey: Buffer.from(secret) } }),
  cookies: (secret) => ({ locals: { cookies: { theme: 'dark', sid: secret } } }),
  'signed cookies in a request': (secret) => ({ locals: { req: { signedCookies: { visit: secret } } } }),
  'credentials, whatever their parts are called': (secret) => ({
    locals: { credentials: { first: secret, second: { third: secret } } },
  }),
  'process.env': (secret) => ({ locals: { env: Object.assign(process.env, { TP_TEST_VALUE: secret }) } }),
  'a promise': (secret) => ({ locals: { pending: Promise.resolve({ token: secret }) } }),
  'the target of a proxy': (secret) => ({ locals: { config: new Proxy({ secret }, {}) } }),
  'JSON in a string': (secret) => ({ locals: { text: JSON.stringify({ a: 1, password: secret }) } }),
  'JSON in JSON in a string': (secret) => ({
    locals: { text: JSON.stringify({ inner: JSON.stringify({ password: secret }) }) },
  }),
  'indented JSON in a string': (secret) => ({
    locals: { text: JSON.stringify({ password: secret }, null, 2) },
  }),
  'a form in a string': (secret) => ({ locals: { text: `user=ann&password=${secret}&x=1` } }),
  'a form with brackets in a string': (secret) => ({
    locals: { text: `user%5Bpassword%5D=${secret}&user[passwd]=${secret}` },
  }),
  'a form as body': (secret) => ({
    body: { user: { name: 'ann', password: secret, passwordConfirmation: secret } },
  }),
  'a raw body': (secret) => ({ body: `{"password":"${secret}"}` }),
  'the query of the request': (secret) => ({ url: `/login?password=${secret}&next=/` }),
  'an encoded address in the query': (secret) => ({
    url: `/go?to=${encodeURIComponent(`https://a.test/?token=${secret}&b=1`)}`,
  }),
  'the authorization': (secret) => ({ headers: [['Authorization', `Bearer ${secret}`]] }),
  'an authorization without a scheme': (secret) => ({ headers: [['authorization', secret]] }),
  'the authorization of a proxy': (secret) => ({
    headers: [['Proxy-Authorization', `Basic ${Buffer.from(`a:${secret}`).toString('base64')}`]],
  }),
  'the cookie header': (secret) => ({
    headers: [['Cookie', `theme=dark; sid=${secret}; other="${secret}"`]],
  }),
  'a cookie header that is broken': (secret) => ({
    headers: [
      ['Cookie', `${secret}`],
      ['Cookie', `; ;${secret};a`],
    ],
  }),
  'a cookie that is set': (secret) => ({
    headers: [
      ['Set-Cookie', `sid=${secret}; Path=/; HttpOnly`],
      ['set-cookie', `a=b; Path=/, sid=${secret}`],
    ],
  }),
  'other headers': (secret) => ({
    headers: [
      'X-Api-Key',
      'x-auth-token',
      'X-CSRF-Token',
      'x-amz-security-token',
      'Cf-Access-Jwt-Assertion',
      'x-forwarded-client-cert',
      'X-Shop-Secret',
    ].map((name) => [name, secret] as const),
  }),
  'the referrer': (secret) => ({ headers: [['Referer', `https://a.test/reset?token=${secret}`]] }),
  'the message of the error': (secret) => ({ thrown: new Error(`login failed: {"password":"${secret}"}`) }),
  'what util.inspect printed': (secret) => ({
    thrown: new Error(`bad config ${inspect({ a: 1, password: secret })}`),
  }),
  'a Map that util.inspect printed': (secret) => ({
    thrown: new Error(inspect(new Map([['password', secret]]))),
  }),
  'an SQL statement': (secret) => ({
    thrown: new Error(`UPDATE users SET password = '${secret}' WHERE id = $1`),
  }),
  'a connection string': (secret) => ({
    thrown: new Error(`cannot connect to Server=db;User=sa;Password=${secret};Timeout=3`),
  }),
  'the password in a URL': (secret) => ({
    thrown: new Error(`connect postgres://shop:${secret}@db.test:5432/shop`),
  }),
  'a URL of MongoDB with many hosts': (secret) => ({
    locals: { mongoUrl: `mongodb+srv://u:${secret}@a.test:1,b.test:2/x?w=1` },
  }),
  'a password with a slash in a URL': (secret) => ({
    thrown: new Error(`connect redis://:a/${secret}@cache:6379/0`),
  }),
  'a property of the error': (secret) => ({
    thrown: Object.assign(new Error('x'), {
      config: { headers: { Authorization: `Bearer ${secret}` }, auth: { username: 'ann', password: secret } },
    }),
  }),
  'a request on the error': (secret) => ({
    thrown: Object.assign(new Error('x'), {
      request: { rawHeaders: ['Authorization', `Basic ${secret}`], path: `/?api_key=${secret}` },
    }),
  }),
  'the cause': (secret) => ({
    thrown: withCause(Object.assign(new Error(`token=${secret}`), { password: secret })),
  }),
  'errors of an AggregateError': (secret) => ({
    thrown: new AggregateError([Object.assign(new Error('x'), { apiKey: secret })]),
  }),
  'a thrown object': (secret) => ({ thrown: { password: secret } }),
}

function toArguments(value: object): unknown {
  return (
    function () {
      return arguments
    } as (...all: unknown[]) => unknown
  )(value)
}

describe('a secret in its place', () => {
  afterEach(() => {
    delete process.env['TP_TEST_VALUE']
  })

  it.each(Object.keys(places))('%s is hidden, with a secret that looks like one', (place) => {
    expect(leaks(reportOf(places[place]!(canary)), canary)).toEqual([])
  })

  /** Prose, or a scheme, stands there as often. */
  const needsLooks = new Set(['a request on the error', 'what was bound', 'the authorization of a proxy'])
  it.each(Object.keys(places).filter((place) => !needsLooks.has(place)))(
    '%s is hidden, with one that looks like a word',
    (place) => {
      expect(leaks(reportOf(places[place]!(quiet)), quiet)).toEqual([])
    },
  )

  it.each([
    'dbPass',
    'DB_PASS',
    'storageAccountKey',
    'presharedKey',
    'verificationCode',
    'mfa_code',
    'userPw',
    'Passwort',
    'contraseña',
    '密码',
  ])('a variable named %s is hidden', (name) => {
    expect(leaks(reportOf({ locals: { [name]: quiet } }), quiet)).toEqual([])
  })

  it.each(Object.keys(places))('%s: what is given stays as it was', (place) => {
    const parts = places[place]!(canary)
    const before = inspect(parts, { depth: 10, showHidden: true })
    reportOf(parts)
    expect(inspect(parts, { depth: 10, showHidden: true })).toBe(before)
  })
})

describe('a secret by its looks', () => {
  const tokens: Record<string, string> = {
    'a JSON web token': jwt,
    'a token that is cut off': jwt.slice(0, 30),
    'an encrypted token':
      'eyJhbGciOiJSU0EifQ.QR1Owv2ug2WyPBnbQrRARTeEk9kDO2w8.AxY8DCtDaGlsbGljb3RoZQ.KDlTtXchhZTGufMYmOYGS4Hf.9hH0vgRfYgPnAHOd8stkvw',
    'a private key':
      '-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7\nabc=\n-----END RSA PRIVATE KEY-----',
    'a private key in one line':
      '-----BEGIN PRIVATE KEY-----\\nMIIEowIBAAKCAQEA7\\n-----END PRIVATE KEY-----',
    'a private key that is cut off': '-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKCAQEA7aaa',
    'a key of AWS': 'AKIAIOSFODNN7EXAMPLE',
    'a session key of AWS': 'ASIAIOSFODNN7EXAMPLE',
    'a token of GitHub': 'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
    'a fine-grained token of GitHub': 'github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz',
    'a token of GitLab': 'glpat-abcdefghij0123456789',
    'a token of Slack': 'xoxb-123456789012-abcdefGHIJKL',
    'a key of Stripe': 'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
    'a restricted key of Stripe': 'rk_live_4eC39HqLyjWDarjtT1zdp7dc',
    'a key of OpenAI': 'sk-proj-abc123DEF456ghi789JKL012mno345',
    'a key of Anthropic': 'sk-ant-api03-abc123DEF456ghi789JKL012mno345',
    'a key of Google': 'AIzaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q',
    'a token of npm': 'npm_abcdefghijklmnopqrstuvwxyz0123456789',
    'a runner of GitLab': 'glrt-abcdefghij0123456789',
    'an app of Slack': 'xapp-1-A01-123-abcdefGHIJKL0123',
    'a webhook of Slack': 'hooks.slack.com/services/T0000/B0000/abcDEF123456',
    'a token of PyPI': 'pypi-AgEIcHlwaS5vcmcabcdefGHIJ0123',
    'a token of DigitalOcean': `dop_v1_${'0123456789abcdef'.repeat(4)}`,
    'a token of Shopify': `shpat_${'0123456789abcdef'.repeat(2)}`,
    'a token of Vault': 'hvs.q1wGLEvjFSaL9KGXkZt5VtiwLjQm4yAd',
    'a token of Docker': 'dckr_pat_abcdefGHIJKL0123mnopq',
    'a key of Groq': 'gsk_abcDEF123ghiJKL456mnoPQR789',
    'a key of Twilio': 'SKb330849eefe4d64b715a9aeccdcfbfc9',
    'a key of SendGrid': 'SG.abcdefghijklmnopqrstuv.abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
  }
  it.each(Object.entries(tokens))(
    '%s is hidden in messages, variables, names and source lines',
    (_what, token) => {
      const report = reportOf({
        thrown: new Error(`upstream said (${token})`),
        locals: {
          a: token,
          b: [`x ${token}`],
          c: { [token]: 1 },
          d: new Map([[token, 1]]),
          e: Buffer.from(token).subarray(0, 60),
        },
        lines: [`  call('${token.split('\n').join('')}')`, 'const token = next()'],
        url: `/x?y=${token.replaceAll('\n', '')}`,
        headers: [['x-note', `see ${token.replaceAll('\n', ' ')}`]],
      })
      const telling = token.replace(/\n[^]*|\\n.*/, '').slice(0, 30)
      expect(leaks(report, telling)).toEqual([])
      expect(report.frames[0]!.source!.lines[1]).toBe('const token = next()')
      expect(report.error.message).toMatch(/^upstream said \(\[redacted\]/)
    },
  )

  it.each([
    [`curl -H "Authorization: Basic ${basic}"`, 'curl -H "Authorization: Basic [redacted]"'],
    [`Bearer ${canary}`, 'Bearer [redacted]'],
    [`bearer%20${canary}`, 'bearer%20[redacted]'],
    ['https://u:p@h/', 'https://u:[redacted]@h/'],
    [`https://${canary}@github.com/a`, 'https://[redacted]@github.com/a'],
    [`https://${canary}:x-oauth-basic@github.com/a`, 'https://[redacted]@github.com/a'],
    [`Cookie: a=b; sid=${canary}\r\nHost: x`, 'Cookie: [redacted]\r\nHost: x'],
    [`x-api-key: ${canary}\nHost: x`, 'x-api-key: [redacted]\nHost: x'],
    [`{"pin":1234,"otp":123456,"cvv":"123"}`, `{"pin":1234,"otp":[redacted],"cvv":"[redacted]"}`],
    [`mysql --password=${quiet} --user=ann`, 'mysql --password=[redacted] --user=ann'],
    [`{'password': "it's", "a": 1}`, `{'password': "[redacted]", "a": 1}`],
    [`{"password":"a\\"b","c":1}`, `{"password":"[redacted]","c":1}`],
    [`{"password":"cut o`, `{"password":"[redacted]`],
    [`Cookie: a=b; sid="${canary}"; c=d\r\nHost: x`, 'Cookie: [redacted]\r\nHost: x'],
    [`Authorization: token ${quiet}`, 'Authorization: token [redacted]'],
    [`Authorization: Digest username="a", response="${quiet}"`, 'Authorization: Digest [redacted]'],
    [`{"tokens":["${canary}","${canary}"],"a":1}`, '{"tokens":["[redacted]"],"a":1}'],
    [`[{"name":"password","value":"${quiet}"}]`, '[{"name":"password","value":"[redacted]"}]'],
    [`<input name="password" value="${quiet}">`, '<input name="password" value="[redacted]">'],
    [`<add key="ApiKey" value="${quiet}"/>`, '<add key="ApiKey" value="[redacted]"/>'],
    [`<a:Password Type="t">${quiet}</a:Password>`, '<a:Password Type="t">[redacted]</a:Password>'],
    [
      `form-data; name="password"\r\n\r\n${quiet}\r\n--b--`,
      'form-data; name="password"\r\n\r\n[redacted]\r\n--b--',
    ],
    [`{ [Symbol(apiKey)]: '${quiet}' }`, `{ [Symbol(apiKey)]: '[redacted]' }`],
    [`cmd --password ${quiet} --token "${quiet}" -x`, 'cmd --password [redacted] --token "[redacted]" -x'],
    [`a[passwords][0]=${quiet}&b=1`, 'a[passwords][0]=[redacted]&b=1'],
    [`password=a%26${quiet}&b=1`, 'password=[redacted]&b=1'],
    [`%3Fa%3D1%26otp%3D123456%26b%3D2`, '%3Fa%3D1%26otp%3D[redacted]%26b%3D2'],
    [`to=%3Fuser%5Bpassword%5D%3D${quiet}%26b`, 'to=%3Fuser%5Bpassword%5D%3D[redacted]%26b'],
    [`%253Fa%253D1%2526password%253D${quiet}%2526b`, '%253Fa%253D1%2526password%253D[redacted]%2526b'],
    [`userPassword:: ${Buffer.from(canary).toString('base64')}\n`, 'userPassword:: [redacted]\n'],
    [`ALTER ROLE a PASSWORD '${quiet}'`, `ALTER ROLE a PASSWORD '[redacted]'`],
    [`CREATE USER a IDENTIFIED BY '${quiet}'`, `CREATE USER a IDENTIFIED BY '[redacted]'`],
    [`key=${canary}&sid=short&auth=yes`, 'key=[redacted]&sid=short&auth=yes'],
  ])('%s becomes %s', (text, shown) => {
    const redactor = new Redaction().forReport()
    expect(redactor.text(text)).toBe(shown)
    expect(redactor.text(shown)).toBe(shown)
  })

  it('may stand where the text was cut', () => {
    const long = 'x'.repeat(9_980)
    for (const text of [`${long} ${canary} and more`, `${long} {"password":"${canary}"}`, `${long}${jwt}`]) {
      const report = reportOf({ locals: { text, token: canary } })
      expect(leaks(report, canary.slice(0, 12))).toEqual([])
      expect(leaks(report, jwt.slice(0, 30))).toEqual([])
    }
  })
})

describe('a hidden value elsewhere in the report', () => {
  it('is hidden too, in all its spellings, but not in source lines', () => {
    const report = reportOf({
      locals: {
        apiToken: canary,
        message: `sent ${canary} to ann`,
        bytes: Buffer.from(canary),
        list: [{ deep: { note: `<${canary}>` } }],
        [`by-${canary}`]: 1,
        encoded: Buffer.from(`${canary}padding`).toString('base64'),
        hex: Buffer.from(canary).toString('hex'),
      },
      thrown: Object.assign(new TypeError(`no user for ${canary}`), { sql: `SELECT '${canary}'` }),
      url: `/users/${canary}/orders`,
      headers: [['x-request', canary]],
      lines: [`const apiToken = '${canary}'`],
    })
    expect(
      leaks({ ...report, frames: report.frames.map(({ source: _source, ...frame }) => frame) }, canary),
    ).toEqual([])
    expect(report.frames[0]!.source!.lines).toEqual([`const apiToken = '${canary}'`])
    expect(report.error.message).toBe('no user for [redacted]')
    expect(report.request!.url).toBe('/users/[redacted]/orders')
  })

  it('is hidden in encoded form when it has characters that are encoded', () => {
    const secret = 'p4"\\ß+/= x7Kq9ZtB4wLm2'.replaceAll(' ', '')
    const report = reportOf({
      locals: { password: secret, form: `a=${encodeURIComponent(secret)}`, json: JSON.stringify([secret]) },
    })
    expect(JSON.stringify(report)).not.toContain('x7Kq9ZtB4')
  })

  it('is hidden in the names of properties of an error', () => {
    const properties = { byToken: { [canary]: 1, [canary.toLowerCase()]: 2, [jwt]: 3 }, token: canary }
    const report = reportOf({ thrown: Object.assign(new Error('x'), properties) })
    expect(report.error.properties).toEqual({
      byToken: { '[redacted]': 1, [canary.toLowerCase()]: 2, '[redacted] 2': 3 },
      token: '[redacted]',
    })
  })

  it('is left where it is a word that would take the sense from everything', () => {
    const report = reportOf({
      locals: {
        password: 'admin',
        role: 'admin',
        passwd: 'correct horse battery staple',
        pwd: 'application',
      },
      thrown: new Error('admin: application of correct horse battery staple'),
    })
    expect(report.error.message).toBe('admin: application of correct horse battery staple')
    expect(report.frames[0]!.scopes[0]!.variables[1]!.value.value).toBe('admin')
  })

  it('leaves what is looked up by: files, ids, kinds', () => {
    const id = handlerReport.id
    const report = reportOf({ locals: { sessionId: id, token: '4f6b8c1d2e3a5b7c9d0e' } })
    expect(report.id).toBe(id)
    expect(report.frames[0]!.location).toEqual(handlerReport.frames[0]!.location)
  })
})

describe('what is no secret', () => {
  const visible: Record<string, unknown> = {
    author: 'Ann Author',
    authority: 'example.org',
    keyboard: 'qwertz',
    keywords: 'a, b',
    keyName: 'id',
    primaryKey: 'order_id',
    foreignKey: 'user_id',
    tokenizer: 'byte-pair',
    tokenType: 'Bearer',
    tokenCount: 4711,
    maxTokens: 4096,
    max_tokens: '4096',
    tokens: ['if', '(', 'a', ')'],
    token: { type: 'Punctuator', value: ';' },
    passport: 'local',
    passenger: 'Ann',
    bypass: 'yes',
    compass: 'north',
    pass: 'green',
    passed: '12',
    secretary: 'Ann Secretary',
    secretariat: 'Geneva',
    pinned: 'top',
    pin: 13,
    pins: 'a1',
    spinner: 'dots',
    session: { user: 'ann', visits: 3 },
    sid: 'north',
    side: 'left',
    inside: 'yes',
    salt: 'a pinch',
    assault: 'no',
    account: 'ann@example.org',
    accessor: 'x',
    csrfEnabled: true,
    csrf: false,
    xsrfHeaderName: 'X-XSRF-TOKEN',
    cookieOptions: { path: '/', httpOnly: true },
    cookieName: 'sid',
    cookieDomain: 'example.org',
    jwtAlgorithm: 'HS256',
    jwtIssuer: 'https://id.example.org',
    passwordPolicy: 'at least 12 characters',
    passwordField: '#password',
    passwordResetUrl: '/reset',
    password: '',
    hasPassword: true,
    passwordChangedAt: new Date(0),
    secret: undefined,
    credentialsProvider: { name: 'default' },
    bearerFormat: 'JWT',
    auth: { username: 'ann' },
    oauth: 'github',
    key: 'user:1234:profile',
    cacheKey: 'views/index/en',
    objectKey: 'uploads/2024/10/IMG_20241123T101500Z.jpg',
    date: '2024-11-23T10:15:00.000Z',
    version: 'v1.2.3-beta.4',
    ip: '192.168.100.200:8080',
    url: 'https://user@example.org:8080/a?b=c&page=2&sort=token',
    databaseUrl: 'postgres://db.example.org:5432/shop',
    PWD: '/home/ann/shop',
    pwd: 'C:\\shop',
    creditCards: 3,
    phone: '4111111111111111',
    number: 4111111111111111,
    order: 1234567890123456,
    state: 'open',
    code: 'ERR_BAD',
    id: '550e8400-e29b-41d4-a716-446655440000',
    fingerprint: 'd41d8cd98f00b204e9800998ecf8427e',
    monkey: 'see',
    turkey: 'TR',
    donkey: 'kong',
    certificate: 'gift',
    signatureLine: 'Ann',
    description: 'basic authentication with a bearer token, password: must be long, cookie: none',
    css: 'task-sk-loading-spinner-element-wide',
    template: 'password={{password}}&token=%s',
    placeholder: 'SELECT * FROM users WHERE password = $1 AND token = ? AND secret = :secret',
    assertion: 'expected token == other && key => value',
    windows: 'C:\\Users\\ann\\token.txt',
    times: '12:30:15',
    ratio: 'a:b',
    arrow: 'x => y',
    html: '<input name="password" type="password"><input name="q" value="hello">',
    usage: 'login <password> [options] <token>, --token-type x, -- password first',
    element: '<author>Ann</author><Tokenizer>bpe</Tokenizer>',
    pagination: '?nextPage=2&cursorName=id&page_token_size=10',
    keyed: '{"name":"color","value":"red"}, <option name="size" value="9">',
    Code: 'ERR_HTTP2_STREAM_ERROR',
    zipCode: '8001',
    statusCode: 500,
    countryCode: 'CH',
    sketch: 'sk-toggle-button-with-a-very-long-name',
    monkeyKey: 'key-value-store-of-the-application',
  }

  it.each(Object.keys(visible))('%s is shown', (name) => {
    const value = visible[name]
    const shown = reportOf({ locals: { [name]: value } })
    const plain = new ValueReader({
      limits: defaultLimits,
      redactor: { hides: () => false, text: (text) => text, header: (_name, text) => text },
      deadline: Infinity,
    })
    expect(shown.frames[0]!.scopes[0]!.variables[0]).toEqual({ name, value: plain.read(value) })
    expect(shown.hidden).toBe(0)
  })

  it('stays in messages', () => {
    for (const message of [
      'JsonWebTokenError: jwt malformed',
      'TokenExpiredError: jwt expired',
      'invalid csrf token',
      'User validation failed: password: Path `password` is required.',
      `Unexpected token '<', "<!DOCTYPE "... is not valid JSON`,
      'Unexpected token: punc (;)',
      'secretOrPrivateKey must have a value',
      'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string',
      'password authentication failed for user "shop"',
      'Missing credentials for "PLAIN"',
      'connect ECONNREFUSED 127.0.0.1:5432',
      "ER_ACCESS_DENIED_ERROR: Access denied for user 'root'@'localhost' (using password: YES)",
      'duplicate key value violates unique constraint "users_pkey"',
      'The "key" argument must be of type string. Received undefined',
      'E11000 duplicate key error collection: shop.users index: email_1 dup key: { email: "a@b.c" }',
      "Cannot read properties of undefined (reading 'token')",
      'Basic authentication is deprecated, Bearer authentication is not',
    ]) {
      const { error } = reportOf({ thrown: new Error(message) })
      expect(error.message).toBe(message)
    }
  })

  it('stays in source lines, which are a program', () => {
    const lines = [
      `const password = req.body.password`,
      `if (token === 'secret') { session.token = token }`,
      `const url = \`postgres://\${user}:\${password}@\${host}/db\``,
      `headers: { authorization: \`Bearer \${token}\`, cookie: 'a=b' },`,
      `const key = 'user:' + id // Basic auth: see https://example.org`,
    ]
    expect(reportOf({ lines, locals: { token: canary } }).frames[0]!.source!.lines).toEqual(lines)
  })

  it('keeps the names of cookies, the scheme, and what a cookie is for', () => {
    const report = reportOf({
      headers: [
        ['cookie', 'theme=dark; sid=abc;empty='],
        ['authorization', 'Bearer abc'],
        ['set-cookie', 'sid=abc; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly; SameSite=Lax'],
        ['x-request-id', '550e8400-e29b-41d4-a716-446655440000'],
        ['accept', 'text/html;q=0.9, */*'],
        ['etag', 'W/"d41d8cd98f00b204e9800998ecf8427e"'],
        ['x-csrf-enabled', 'true'],
      ],
    })
    expect(report.request!.headers).toEqual([
      ['cookie', 'theme=[redacted]; sid=[redacted];empty='],
      ['authorization', 'Bearer [redacted]'],
      ['set-cookie', 'sid=[redacted]; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly; SameSite=Lax'],
      ['x-request-id', '550e8400-e29b-41d4-a716-446655440000'],
      ['accept', 'text/html;q=0.9, */*'],
      ['etag', 'W/"d41d8cd98f00b204e9800998ecf8427e"'],
      ['x-csrf-enabled', 'true'],
    ])
  })

  it('leaves a whole report as it is', () => {
    const redactor = new Redaction().forReport()
    expect(redactor.finish(handlerReport)).toEqual(handlerReport)
    expect(redactor.hidden).toBe(0)
  })
})

describe('ambiguous names', () => {
  const names = ['key', 'auth', 'pin', 'pass', 'salt', 'session', 'sid', 'signature', 'nonce']
  it.each(names)('%s hides what looks secret, and nothing else', (name) => {
    const secrets = [
      canary,
      '550e8400-e29b-41d4-a716-446655440000',
      'd41d8cd98f00b204e9800998ecf8427e',
      'aGVsbG8gd29ybGQgdG9rZW4x',
    ]
    for (const value of secrets) {
      expect(leaks(reportOf({ locals: { [name]: value } }), value)).toEqual([])
    }
    for (const value of [
      'short',
      'a long sentence of 4 words',
      'user:1234:profile-picture',
      'getUserByIdFromCache',
      42,
      { a: 1 },
      ['x'],
      true,
    ]) {
      expect(reportOf({ locals: { [name]: value } }).hidden).toBe(0)
    }
  })
})

describe('names of the user', () => {
  it('are added: everything under them is hidden, whatever it is', () => {
    const locals = {
      internalCode: 'a',
      'internal-code': 7,
      internal_code: true,
      INTERNALCODE: { a: 1 },
      nothing: 1,
      password: 'still hidden',
    }
    const report = reportOf({ locals, options: { names: ['internalCode'] }, url: '/?internal_code=12' })
    const shown = report.frames[0]!.scopes[0]!.variables.map(({ value }) => value.description)
    expect(shown).toEqual(['[redacted]', '[redacted]', '[redacted]', '[redacted]', '1', '[redacted]'])
    expect(report.request!.url).toBe('/?internal_code=[redacted]')
    expect(report.hidden).toBe(6)
  })

  it('are taken out, and what has a shape is hidden all the same', () => {
    const report = reportOf({
      locals: {
        token: 'visible',
        password: 'hidden',
        apiToken: 'hidden too',
        cookies: { theme: 'dark', sid: 'x' },
      },
      headers: [
        ['x-csrf-token', 'abc'],
        ['cookie', 'theme=dark; sid=x'],
        ['authorization', `Bearer ${jwt}`],
      ],
      options: { keep: ['Token', 'x-csrf-token', 'theme', 'authorization'] },
      url: '/?token=abc',
    })
    const [token, password, apiToken, cookies] = report.frames[0]!.scopes[0]!.variables.map(
      ({ value }) => value,
    )
    expect([token!.value, password!.unavailable, apiToken!.unavailable]).toEqual([
      'visible',
      'redacted',
      'redacted',
    ])
    expect(cookies!.children!.map(({ value }) => value.value ?? value.unavailable)).toEqual([
      'dark',
      'redacted',
    ])
    expect(report.request!.url).toBe('/?token=abc')
    expect(report.request!.headers).toEqual([
      ['x-csrf-token', 'abc'],
      ['cookie', 'theme=dark; sid=[redacted]'],
      ['authorization', 'Bearer [redacted]'],
    ])
  })

  it('may be called like anything', () => {
    const names = ['__proto__', 'constructor', 'toString']
    const locals = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c","valueOf":"d"}') as Record<
      string,
      unknown
    >
    const shown = (options: RedactOptions): string[] =>
      reportOf({ locals, options }).frames[0]!.scopes[0]!.variables.map(({ value }) => value.description)
    expect(shown({ names })).toEqual(['[redacted]', '[redacted]', '[redacted]', '"d"'])
    expect(shown({})).toEqual(['"a"', '"b"', '"c"', '"d"'])
  })
})

describe('the number of hidden values', () => {
  it('is that of the places', () => {
    const report = reportOf({
      locals: { password: quiet, user: { token: canary }, copy: canary, shown: 1 },
      headers: [['cookie', 'a=1; b=2']],
      url: '/?password=x',
    })
    expect(report.hidden).toBe(6)
  })

  it('does not count the message again that begins the stack', () => {
    expect(reportOf({ thrown: new Error(`token=${canary}`) }).hidden).toBe(1)
  })
})

describe('any text', () => {
  const alphabet = fc.constantFrom(
    'password',
    'token',
    'key',
    '=',
    ':',
    ': ',
    '"',
    "'",
    '`',
    '\\',
    '&',
    ';',
    ' ',
    '\n',
    '://',
    '@',
    '/',
    '?',
    '[',
    ']',
    '{',
    '}',

    'eyJ',
    '.',
    'Bearer ',
    'Basic ',
    '-----BEGIN ',
    'PRIVATE KEY-----',
    '-----END ',
    'sk-',
    'ghp_',
    'AKIA',
    '%3D',
    '%26',
    'a',
    'Z',
    '9',
    '[redacted]',
    'S3CR3T',
    'é',
    '\u{1f600}',
    '\ud800',
  )
  const texts = fc.array(alphabet, { maxLength: 60 }).map((parts) => parts.join(''))

  it('is hidden the same way when it is looked through again', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const once = new Redaction().forReport().text(text)
        expect(new Redaction().forReport().text(once)).toBe(once)
      }),
      { numRuns: process.env['THROWPOINT_FULL'] === '1' ? 1000 : 300 },
    )
  })

  it('keeps its other parts in their order', () => {
    fc.assert(
      fc.property(fc.oneof(texts, fc.string({ unit: 'binary' })), (text) => {
        const shown = new Redaction().forReport().text(text)
        let at = 0
        for (const part of shown.split('[redacted]')) {
          const found = text.indexOf(part, at)
          expect(found).toBeGreaterThanOrEqual(at)
          at = found + part.length
        }
      }),
      { numRuns: process.env['THROWPOINT_FULL'] === '1' ? 1000 : 300 },
    )
  })

  it('does not show a remembered secret, wherever it stands in it', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const report = reportOf({
          locals: { note: `${before}${canary}${after}`, list: [before, `${canary}`], sessionId: canary },
        })
        expect(leaks(report, canary)).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  it('takes time in proportion to its length', () => {
    const units = [
      'eyJ',
      'eyJ.',
      'a.eyJa',
      '=',
      'a=',
      'token=',
      'key=',
      'key:',
      'token: ',
      'token:',
      'password="',
      '"password":"',
      'key="',
      'key=\\"',
      'key=\'key="',
      '://',
      'a://b:c',
      'http://a:b@',
      'a://b:c/',
      '-----BEGIN ',
      '-----BEGIN A-----',
      'Bearer ',
      'Basic ',
      'Basic+',
      'Basic Basic+',
      'sk-',
      'sk-a1',
      'ghp_',
      'AKIA',
      'SG.',
      'npm_',
      'github_pat_',
      '\\',
      '"',
      '%3D',
      'key%3D',
      'cookie: ',
      'cookie: a',
      'cookie=',
      'dsn=http://',
      'pwd=/',
      'x[=',
      'password[=',
      'key=aA1bB2cC3dD4eE5',
      'a'.repeat(63) + '=',
      'user.password.',
      '[redacted]',
      'token=[redacted]',
      'a%41=',
      'é=',
      'key=\\\\"',
      ' ',
      'key = ',
      'key =        ',
      'AIza',
      'hf_',
      'ya29.',
      '@',
      '&',
      'key=a&',
      'key=1',
      'password: a1',
      'cookie:a=\n',
      'p%61ss=1&',
      'x=%',
      'key=%',
      'tokens=%',
      '%26key%3D',
      'sid%3D1%26',
      'user%5Bpassword%5D=1&',
      'user[password][0]=1&',
      '{"password":"',
      'otp=1&',
      'otp=>1&',
      'AccountKey=abc123==;',
      'ﬁ=',
      'p\u0301ass=1&',
      '\u{1d429}ass=1&',
    ]
    // A square of this length would be minutes, more than the limit of this test.
    const length = 300_000
    for (const unit of units) {
      const text = unit.repeat(Math.ceil(length / unit.length))
      const redactor = new Redaction().forReport()
      expect(redactor.text(text), unit).toBeTypeOf('string')
      expect(redactor.source(text), unit).toBeTypeOf('string')
    }
  }, 120_000)
})

describe('its own safety', () => {
  it('calls nothing of the values it is asked about', () => {
    const redactor = new Redaction({ names: ['trap'] }).forReport()
    const trap = new Proxy(
      {},
      new Proxy(
        {},
        { get: (_target, name) => expect.unreachable(`trap ${String(name)}`) },
      ) as ProxyHandler<object>,
    )
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    for (const name of ['password', 'trap', 'key', 'cookies', 'other']) {
      for (const value of [trap, revoked.proxy, Object.create(null), () => 1, Symbol('x'), 12n]) {
        expect(typeof redactor.hides(name, value)).toBe('boolean')
      }
    }
  })

  it('is not stopped by what an application does to built-ins', () => {
    const before = Object.getOwnPropertyDescriptors(Array.prototype)
    const { get, set, has } = Map.prototype
    const { stringify, parse } = JSON
    const { from } = Buffer
    const broken = (): never => {
      throw new Error('replaced')
    }
    let shown: string | undefined
    let finished: Report | undefined
    const redactor = new Redaction().forReport()
    try {
      for (const name of [
        'map',
        'push',
        'filter',
        'includes',
        'join',
        'slice',
        'concat',
        'forEach',
        'some',
        'find',
        Symbol.iterator,
      ] as const) {
        Object.defineProperty(Array.prototype, name, { value: broken, configurable: true, writable: true })
      }
      Map.prototype.get = Map.prototype.set = Map.prototype.has = broken
      JSON.stringify = JSON.parse = Buffer.from = broken
      redactor.hides('password', canary)
      shown = redactor.text(`{"password":"x"} postgres://a:b@c Bearer ${canary}`)
      finished = redactor.finish(maximalReport)
    } finally {
      Object.defineProperties(Array.prototype, before as unknown as PropertyDescriptorMap)
      Object.assign(Map.prototype, { get, set, has })
      Object.assign(JSON, { stringify, parse })
      Buffer.from = from
    }
    expect(shown).toBe('{"password":"[redacted]"} postgres://a:[redacted]@c Bearer [redacted]')
    expect(finished?.id).toBe(maximalReport.id)
  })

  it('is the same in every report: nothing of one is in the next', () => {
    const redaction = new Redaction()
    const first = redaction.forReport()
    first.hides('password', canary)
    const second = redaction.forReport()
    expect(second.finish({ ...handlerReport, notes: [canary] }).notes).toEqual([canary])
    expect(first.finish({ ...handlerReport, notes: [canary] }).notes).toEqual(['[redacted]'])
  })

  it('leaves the report it is given as it is', () => {
    const redactor = new Redaction().forReport()
    redactor.hides('token', canary)
    const given = { ...structuredClone(maximalReport), notes: [canary, `token=${canary}`] }
    const before = structuredClone(given)
    redactor.finish(given)
    expect(given).toEqual(before)
  })

  it('does not fall over a deep one', () => {
    let deep: unknown = 'end'
    for (let level = 0; level < 5000; level++) deep = { level: deep }
    const error = { ...handlerReport.error, properties: { deep: deep as never } }
    const redactor = new Redaction().forReport()
    expect(JSON.stringify(redactor.finish({ ...handlerReport, error }))).toContain('"level":"[redacted]"')
  })
})
