import { evaluateIn } from './evaluate.ts'
import { Upstream } from './hooks/upstream.ts'
import { provide } from './late.ts'
import { parser } from './rewrite/parser.ts'
import { rewrite } from './rewrite/rewrite.ts'

provide({ evaluateIn, parser, rewrite, Upstream })

export { evaluateIn, parser, rewrite, Upstream }
