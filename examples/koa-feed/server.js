import { app } from './app.js'

const server = app.listen(process.env.PORT ?? 3002, 'localhost', () => {
  console.log(`koa-feed: http://localhost:${server.address().port}/`)
})
