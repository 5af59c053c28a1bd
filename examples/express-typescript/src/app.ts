import express, { type Express } from 'express'
import { debugMiddleware } from '@throwpoint/express'
import { bookings } from './bookings.js'
import { calendars } from './calendars.js'
import { failureList } from './failure-list.js'
import { answerConflicts } from './errors.js'

export const app: Express = express()
app.use(debugMiddleware({ dump: true }))

app.get('/', (req, res) => {
  res.type('text/plain').send(failureList(`${req.protocol}://${req.get('host')}`))
})

app.use(bookings)
app.use(calendars)
app.use(answerConflicts)
