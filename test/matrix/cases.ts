import { aborts } from './cases/aborts.ts'
import { background } from './cases/background.ts'
import { bodies } from './cases/bodies.ts'
import { errorHandlers } from './cases/error-handlers.ts'
import { handlers } from './cases/handlers.ts'
import { places } from './cases/places.ts'
import { streams } from './cases/streams.ts'
import { values } from './cases/values.ts'
import { writes } from './cases/writes.ts'
import type { Row } from './row.ts'

/**
 * The case matrix: what a failure does to the client and to the process, in every era of both frameworks, without
 * and with the middleware. `express` stands for 4 and 5, `koa` for 2, 3.0 and >= 3.1; a column that is not named has
 * no such case. A cell reads
 *
 *     'RST crash -> page 500'
 *      │   │        └ what the client gets with the middleware
 *      │   └ the process dies (with the middleware too: that is never changed)
 *      └ what the client gets without it
 *
 * What the client gets:
 * - `500`: a whole answer with that status (with the middleware: the application's or the framework's own)
 * - `page 500`: a whole answer of that status which is ours
 * - `CUT`: the head, then the end of the connection before the end of the body
 * - `RST`: the end of the connection before a head
 * - `HANG`: nothing more, for ever
 * - `RST_STREAM(2)`: HTTP/2's way to cut, with its code
 * - `gone`: it left by itself
 *
 * Several replies are separated by commas. Without an arrow: `500` becomes `page 500` (the framework's own answer is
 * replaced) unless the answer is the application's or nothing is reported, `RST` becomes `page 500`, and everything
 * else stays. Where the client would hang, the cell always says what it gets instead.
 *
 * Each exception is reported exactly once, with the boundary the row names (`handler` when it names none), the URL
 * of the request, and `withoutThrowpoint`, which follows from the left side: 4xx and 5xx `error-response`, `CUT`
 * `cut`, `RST` `empty-reply`, `HANG` `hangs`, 2xx `answer-intact`. A process that dies does it with the same exit
 * code and the same crash text, headers other than those of a replaced body stay, and so do answers that are not ours.
 * Rows that are marked `limit` state what cannot be
 * seen or told, and assert exactly that.
 */
export const rows: readonly Row[] = [
  ...handlers,
  ...values,
  ...errorHandlers,
  ...background,
  ...writes,
  ...streams,
  ...bodies,
  ...aborts,
  ...places,
]
