import type { Conversation } from '../session/reply.ts'
import { type Converse, type PromptRuntime, Topics } from './topics.ts'

const startedKey = Symbol.for('throwpoint.prompt.1')

/**
 * Opens a prompt on each request that is held, one after the other, when the terminal is ours; otherwise says in a line
 * why not, and how to come to it. Once in a process, however often it is called. Reads nothing and opens nothing before
 * the first hold.
 *
 * @param converse begins the conversation on a hold. @default the commands, over its capture
 */
export function startPrompt(runtime: PromptRuntime, converse: Converse = converseOn(runtime)): void {
  promptOf(runtime, converse)
}

/**
 * Opens the prompt on a conversation that has no hold, as before the first request.
 *
 * @returns when it has ended; at once, after a line that says why, when the terminal is not ours
 */
export function openPrompt(conversation: Conversation, runtime: PromptRuntime): Promise<void> {
  return new Promise((resolve) => {
    promptOf(runtime, converseOn(runtime)).add({
      hold: undefined,
      converse: () => conversation,
      done: resolve,
    })
  })
}

function converseOn(runtime: PromptRuntime): Converse {
  return async (hold) => {
    const { converse } = await import('../session/conversation.ts')
    return converse(runtime.subject(hold, 'the terminal'))
  }
}

function promptOf(runtime: PromptRuntime, converse: Converse): Topics {
  const holder = runtime as { [startedKey]?: Topics }
  if (holder[startedKey] !== undefined) return holder[startedKey]
  const topics = new Topics(runtime, converse)
  Object.defineProperty(holder, startedKey, { value: topics })
  topics.watch()
  return topics
}
