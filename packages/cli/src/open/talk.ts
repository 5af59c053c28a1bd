import { createInterface } from 'node:readline'
import { type Conversation, History, type View } from '@throwpoint/core/session'

/**
 * The prompt on a dump.
 *
 * @returns the exit code
 */
export function talk(conversation: Conversation, view: View): Promise<number> {
  const history = new History()
  const { stdin, stdout } = process
  stdout.write(`${conversation.greet(view).text}\n`)
  let open = ''
  const editor = createInterface({
    input: stdin,
    output: stdout,
    terminal: true,
    history: [...history.load()].reverse(),
    historySize: 1000,
    removeHistoryDuplicates: true,
    completer: (line: string, done: Complete) => void complete(conversation, open, line, done),
  })
  let running: AbortController | undefined
  let left = false
  const seen = (): View => ({ colors: view.colors, columns: stdout.columns ?? view.columns })
  const ask = (): void => {
    editor.setPrompt(open === '' ? `(${conversation.prompt}) ` : '... ')
    editor.prompt()
  }
  return new Promise((resolve) => {
    // Lines come faster than they are done when somebody pastes.
    let turn: Promise<void> = Promise.resolve()
    const take = async (line: string): Promise<void> => {
      open = open === '' ? line : `${open}\n${line}`
      if (!conversation.isComplete(open)) return ask()
      const text = open
      open = ''
      history.add(text)
      running = new AbortController()
      const { text: said, action } = await conversation.execute(text, seen(), running.signal)
      running = undefined
      if (said !== '') stdout.write(`${said}\n`)
      if (action === undefined) ask()
      else {
        left = true
        editor.close()
      }
    }
    editor.on('line', (line) => {
      turn = turn.then(() => take(line))
    })
    editor.on('SIGINT', () => {
      if (running !== undefined) return running.abort()
      if (editor.line === '' && open === '') stdout.write('\n(Ctrl-D or "quit" leaves)\n')
      else stdout.write('\n')
      open = ''
      editor.write(null, { ctrl: true, name: 'e' })
      editor.write(null, { ctrl: true, name: 'u' })
      ask()
    })
    editor.on('close', () => {
      void turn.then(() => {
        if (!left) stdout.write('\n')
        resolve(0)
      })
    })
    ask()
  })
}

type Complete = (error: null, result: [string[], string]) => void

async function complete(
  conversation: Conversation,
  open: string,
  line: string,
  done: Complete,
): Promise<void> {
  const found = await conversation.complete(open === '' ? line : `${open}\n${line}`)
  done(null, [[...found], wordOf(line, found)])
}

/** The part of the line that the completions go on from. */
function wordOf(line: string, found: readonly string[]): string {
  const [first = ''] = found
  for (let length = Math.min(first.length, line.length); length > 0; length--) {
    const end = line.slice(line.length - length)
    if (found.every((one) => one.startsWith(end))) return end
  }
  return ''
}
