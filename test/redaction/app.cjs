// Fails with secrets in as many places as an application has: node app.cjs <secret> <dump directory>.
process.env.NODE_ENV = 'development'
const [secret, dump] = process.argv.slice(2)
const express = require('express')
const app = express()
const notes = []
app.use(
  require('@throwpoint/express')({
    dump,
    onReport: (report) => process.send({ report: JSON.stringify(report) }),
  }),
)
app.use(express.json())
app.use(express.urlencoded({ extended: true }))
app.set('env', 'test')

class Vault {
  #token = secret
  constructor() {
    this.apiKey = this.#token
  }
}

/** The places of an error: named so that a rule of names finds them, or shaped so that a rule of shapes does. */
function loaded(message) {
  const error = new Error(message)
  Object.assign(error, {
    password: secret,
    'client-secret': secret,
    DB_PASSWORD: secret,
    pAssＷord: secret,
    config: { headers: { Authorization: `Bearer ${secret}` }, auth: { username: 'me', password: secret } },
    request: {
      _header: `GET / HTTP/1.1\r\nAuthorization: Basic ${Buffer.from(`me:${secret}`).toString('base64')}\r\n\r\n`,
    },
    connectionString: `postgres://me:${secret}@db.example/shop`,
    url: `https://me:${secret}@example.org/?access_token=${secret}`,
    list: [{ name: 'x-api-key', value: secret }, ['authorization', secret], ['cookie', `sid=${secret}`]],
    map: new Map([['refreshToken', secret]]),
    params: new URLSearchParams({ token: secret }),
    headers: new Headers({ 'x-auth-token': secret }),
    json: JSON.stringify({ passwd: secret, nested: { api_key: secret } }),
    form: `user=me&password=${secret}`,
    vault: new Vault(),
    rawHeaders: ['Host', 'x', 'Cookie', `session=${secret}`],
    deep: { deeper: { credentials: { deepest: secret } } },
    [Symbol('secretToken')]: secret,
  })
  Object.defineProperty(error, 'privateKey', { value: secret, enumerable: false })
  return error
}

app.all('/fail/:token', (req) => {
  const query = `select * from users where password = '${secret}'`
  const cause = loaded(`connection to mongodb+srv://me:${secret}@db failed`)
  throw Object.assign(loaded(`query failed: ${query}; sent Authorization: Bearer ${secret}`), {
    cause: new AggregateError([cause, loaded(`token=${secret}`)], 'all failed', { cause }),
    body: req.body,
  })
})
const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('disconnect', () => process.exit())
