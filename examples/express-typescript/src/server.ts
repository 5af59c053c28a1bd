import type { AddressInfo } from 'node:net'
import { app } from './app.js'

const server = app.listen(Number(process.env.PORT ?? 3003), 'localhost', (error?: Error) => {
  if (error) throw error
  const { port } = server.address() as AddressInfo
  console.log(`express-typescript: http://localhost:${port}/`)
})
