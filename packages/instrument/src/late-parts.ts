import { evaluateIn } from './evaluate.ts'
import { Upstream } from './hooks/upstream.ts'
import { provide } from './late.ts'
import { prepareParser } from './rewrite/reading.ts'
import { rewrite } from './rewrite/rewrite.ts'

provide({ evaluateIn, prepareParser, rewrite, Upstream })

export { evaluateIn, prepareParser, rewrite, Upstream }
