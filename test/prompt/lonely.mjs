// A prompt on a conversation without a hold: what was said is written to a file, as the terminal is not ours to read back.
import { appendFileSync } from 'node:fs'
import { Runtime } from '../../packages/core/dist/index.js'
import { openPrompt } from '../../packages/core/dist/prompt/start-prompt.js'

const log = (text) => process.env.LOG && appendFileSync(process.env.LOG, `${text}\n`)
let count = 0
const conversation = {
  prompt: 'fixture',
  greet: (view) => ({ text: `GREETING ${view.columns} ${view.colors}`, data: null }),
  async execute(line, _view, signal) {
    count += 1
    log(`execute ${JSON.stringify(line)}`)
    if (line === '.continue' || line === 'continue')
      return { text: 'bye', data: null, action: { kind: 'released' } }
    if (line === 'wait') {
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, 600_000)
        signal.addEventListener('abort', () => (clearTimeout(timer), resolve()))
      })
      return { text: signal.aborted ? 'ABORTED' : 'DONE', data: null }
    }
    if (line === 'exit') process.exit(3)
    if (line === 'crash')
      setImmediate(() => {
        throw new Error('crash')
      })
    if (line === 'log') console.log('application log')
    return { text: `REPLY ${count} ${line.replaceAll('\n', '|')}`, data: null }
  },
  isComplete: (line) => !/[([{]$/.test(line.trim()) && line.split('{').length <= line.split('}').length,
  async complete(line) {
    const word = /[\w$.]*$/.exec(line)[0]
    return ['request.body', 'request.headers', 'continue'].filter((name) => name.startsWith(word))
  },
}
console.log(`pid ${process.pid}`)
await openPrompt(conversation, Runtime.shared())
console.log('CLOSED')
