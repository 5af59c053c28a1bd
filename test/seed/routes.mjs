// An application of Koa with routers.
import Koa from 'koa'
import Router from '@koa/router'
import { debugMiddleware } from '@throwpoint/koa'

const app = new Koa()
app.use(debugMiddleware())
const orders = new Router({ prefix: '/orders' })
orders.get('/', (ctx) => void (ctx.body = 'all'))
orders.post('/', (ctx) => void (ctx.body = 'made'))
const router = new Router()
router.get('/x', (ctx) => void (ctx.body = 'x'))
router.use('/shop', orders.routes())
app.use(router.routes())
const server = app.listen(0, '127.0.0.1', () => console.log('listening', server.address().port))
