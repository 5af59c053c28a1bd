import handlers from './koa-handlers.mjs'
import errors from './koa-errors.mjs'
import background from './koa-background.mjs'
import writes from './koa-writes.mjs'
import bodies from './koa-bodies.mjs'
import aborts from './koa-aborts.mjs'
import places from './koa-places.mjs'

export const cases = { ...handlers, ...errors, ...background, ...writes, ...bodies, ...aborts, ...places }
