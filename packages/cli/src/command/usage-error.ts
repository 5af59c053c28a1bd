/** What was typed cannot be meant. The message says what to type; the exit code is 2. */
export class UsageError extends Error {
  /** The command whose help is worth a look; empty for the one that runs a script. */
  readonly command: string

  constructor(message: string, command: string = '') {
    super(message)
    this.name = 'UsageError'
    this.command = command
  }
}
