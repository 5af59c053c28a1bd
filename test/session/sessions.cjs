// Lets the parent talk about each exception: one JSON message a line over the channel of the fork.
const { dirname, join } = require('node:path')

const runtime = () => globalThis[Symbol.for('throwpoint.runtime.1')]
const session = (file) => import(join(dirname(require.resolve('@throwpoint/core')), 'session', file))
const conversations = new Map()

exports.sessions = (port) => {
  if (process.env.HOLD === '1') watchHolds()
  else watchCaptures()
  process.on('message', async ({ id, hold, call, parts }) => {
    const conversation = conversations.get(hold)
    const controller = new AbortController()
    if (call === 'execute' && parts[2] !== undefined) setTimeout(() => controller.abort(), parts[2])
    const result = await conversation[call](...parts.slice(0, 2), controller.signal)
    process.send({ id, result, prompt: conversation.prompt })
  })
  process.send({ port })
}

/** With real holds. */
function watchHolds() {
  const { holds } = runtime()
  holds.claim('client')
  holds.watch({
    held: async (hold) => {
      const { converse } = await session('conversation.js')
      conversations.set(hold.number, converse(runtime().subject(hold, 'the test')))
      process.send({ held: hold.number })
    },
    released: (hold, by) => process.send({ released: hold.number, by, kind: hold.released.kind }),
  })
}

/** Without: the exception goes on, and is looked at afterwards. */
function watchCaptures() {
  const { recorder } = runtime()
  const settle = recorder.settle.bind(recorder)
  let count = 0
  recorder.settle = async (record, owner) => {
    settle(record, owner)
    if (!record.shown || record.known) return
    record.known = true
    const { converse } = await session('conversation.js')
    const { captureDebuggee } = await session('capture-debuggee.js')
    const debuggee = captureDebuggee(record, owner ?? record.exchange.debugger)
    conversations.set(
      ++count,
      converse({ debuggee, client: 'the test', services: { rcFile: process.env.RC ?? null } }),
    )
    process.send({ held: count })
  }
}
