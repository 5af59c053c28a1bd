/** A name with one of these in it is secret, unless what follows the last of them says otherwise. */
const parts =
  'password passwd passphrase secret token apikey privatekey credential bearer jwt cookie sessionid csrf xsrf'

/** Letters, and one more for everything else. */
const alphabet = 27
/** The next state of each state for each letter: all parts are looked for at once (Aho and Corasick). */
const next: number[] = []
/** Whether a part ends in a state. */
const ends: boolean[] = []

addState()
for (const word of parts.split(' ')) addPart(word)
linkStates()

function addState(): number {
  for (let letter = 0; letter < alphabet; letter++) next[next.length] = 0
  ends[ends.length] = false
  return ends.length - 1
}

function addPart(word: string): void {
  let state = 0
  for (let at = 0; at < word.length; at++) {
    const edge = state * alphabet + word.charCodeAt(at) - 0x61
    state = next[edge] === 0 ? (next[edge] = addState()) : next[edge]!
  }
  ends[state] = true
}

/** Where a word goes on otherwise than a part, the longest beginning of another that ends there. */
function linkStates(): void {
  const fallback: number[] = [0]
  const queue: number[] = [0]
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at]!
    for (let letter = 0; letter < alphabet; letter++) {
      const edge = state * alphabet + letter
      const other = state === 0 ? 0 : next[fallback[state]! * alphabet + letter]!
      const child = next[edge]!
      if (child === 0) {
        next[edge] = other
        continue
      }
      fallback[child] = other
      queue[queue.length] = child
    }
  }
}

const table = Uint8Array.from(next)

/** The state of the search behind one more character. It begins with 0. */
export function stateAfter(state: number, code: number): number {
  const letter = code - 0x61
  return table[state * alphabet + (letter >= 0 && letter < 26 ? letter : 26)]!
}

/** Whether a part ends where the search has come to this state. No part is within another. */
export function isPartEnd(state: number): boolean {
  return ends[state]!
}
