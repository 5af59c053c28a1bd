import { declareMatrix } from './matrix.ts'

await declareMatrix('koa')
