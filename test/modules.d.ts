// Packages of the tests that come without types.
declare module 'compression' {
  import type { IncomingMessage, ServerResponse } from 'node:http'
  export default function compression(
    options?: object,
  ): (req: IncomingMessage, res: ServerResponse, next: () => void) => void
}
