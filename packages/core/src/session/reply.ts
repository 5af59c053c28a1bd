/** How the client shows text. */
export interface View {
  readonly colors: boolean
  /** Columns of its terminal. */
  readonly columns: number
}

/** What a command says. */
export interface Reply {
  /** Lines for people, with ANSI colours when the view has them, control characters of values made visible. */
  readonly text: string
  /** The same for programs: plain JSON. */
  readonly data: unknown
  /** The command could not be done: a code (`TP_…`, or `Error` for what evaluated code threw) and the next step. */
  readonly error?: { readonly code: string; readonly message: string }
  /** What the client does next: `released` ends the conversation, `switch` goes to another hold. */
  readonly action?: { readonly kind: 'released' } | { readonly kind: 'switch'; readonly hold: number }
}

/** One conversation, as a prompt, a socket or a script drives it. */
export interface Conversation {
  /** What is shown first: the sentence of the error, the request, the selected frame with its source. */
  greet(view: View): Reply
  /** Runs one line: a command, or JavaScript in the selected frame. Never rejects. */
  execute(line: string, view: View, signal?: AbortSignal): Promise<Reply>
  /** Whether the line is whole: an open bracket or template asks for another line. */
  isComplete(line: string): boolean
  /** Completions of the word that ends at the cursor. Runs no getter. */
  complete(line: string): Promise<readonly string[]>
  /** Between brackets in the prompt: the selected frame. */
  readonly prompt: string
}
