'use strict'
exports.cases = {
  ...require('./express-handlers.cjs'),
  ...require('./express-errors.cjs'),
  ...require('./express-background.cjs'),
  ...require('./express-writes.cjs'),
  ...require('./express-bodies.cjs'),
  ...require('./express-aborts.cjs'),
  ...require('./express-places.cjs'),
}
