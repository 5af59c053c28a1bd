import { readFile } from 'node:fs'
import { setImmediate } from 'node:timers/promises'

export function addRoutes(app, storage) {
  app.get('/store', async function store(req, res) {
    const own = 1
    await storage.run({ user: 'inner' }, async () => {
      await inside(storage)
    })
    res.json(own)
  })

  app.get('/constant', function constant(req, res) {
    const fixed = { id: 1 }
    const list = [1]
    for (const item of list) {
      later.push(() => item)
      fail(fixed.id + item)
    }
    res.end()
  })

  app.get('/primitive/:id', async function primitive(req, res) {
    const { id } = req.params
    for (let turn = 0; turn < 5; turn++) await setImmediate()
    throwBusy(id)
    res.end()
  })

  app.get('/cause/:id', async function cause(req, res) {
    const { id } = req.params
    try {
      await setImmediate()
      readRow(id)
    } catch (error) {
      const doing = `order ${id}`
      throw new Error(doing, { cause: error })
    }
    res.end()
  })

  app.get('/cached/:id', async function cached(req, res) {
    const { id } = req.params
    for (let turn = Number(id) % 5; turn > 0; turn--) await setImmediate()
    if (id) throw once
    res.end()
  })

  app.get('/connection/:id', async function connection(req, res) {
    const { id } = req.params
    connecting ??= connect()
    await connecting
    res.end(id)
  })

  app.get('/recursion/:depth', function recursion(req, res) {
    const depth = Number(req.params.depth)
    descend(depth)
    res.end()
  })

  app.get('/overflow', function overflow(req, res) {
    const start = 'here'
    descend(Infinity)
    res.end(start)
  })

  app.get('/handed/:id', function handed(req, res, next) {
    const { id } = req.params
    readFile(`/no/such/file/${id}`, (err, text) => (err ? next(err) : res.end(text)))
  })

  app.get('/null', function throwsNull(req, res) {
    const wanted = 'row'
    throwNull(wanted)
    res.end()
  })

  app.get('/null-later', async function rejects(req) {
    const url = await req.url
    throwNull(url)
  })
  app.get('/null-rejected', () => Promise.reject())
  app.get('/null-caught', function catchesNull(req, res, next) {
    try {
      throwNull('caught')
    } catch {
      next()
    }
  })

  app.get('/null-behind', function throwsNull() {
    throwNull('behind')
  })
  app.use('/null-behind', (req, res) => res.status(404).send('nothing here'))
}

const later = []

const once = new Error('once')

let connecting

async function connect() {
  const host = 'db'
  await Promise.resolve()
  throw new Error(`${host} refuses`)
}

function readRow(id) {
  const table = { [id]: null }
  return table[id].price
}

function descend(level) {
  const own = level * 2
  if (level === 0) throw new Error('at the bottom')
  descend(level - 1)
  return own
}

async function inside(storage) {
  await Promise.resolve()
  const { user } = storage.getStore()
  throw new Error(`of ${user}`)
}

function fail(id) {
  throw new Error(`fails ${id}`)
}

function throwBusy(own) {
  if (own) throw 'busy'
}

function throwNull(wanted) {
  if (wanted) throw null
}
