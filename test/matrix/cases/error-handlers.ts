import type { Row } from '../row.ts'

/** What error handlers of the application do. */
export const errorHandlers: readonly Row[] = [
  {
    name: 'an error handler answers',
    fixture: 'error-handler-answers',
    answer: 'application',
    express: '503',
    koa: {
      outcome: '503',
      boundaries: [],
      limit: 'an error that a middleware catches and answers is known to nobody else',
    },
    smoke: true,
  },
  {
    name: 'an error handler answers later',
    fixture: 'error-handler-answers-later',
    answer: 'application',
    express: '503',
  },
  { name: 'an error handler passes the error on', fixture: 'error-handler-passes-on', express: '500' },
  {
    name: 'an error handler answers and emits the error on the application',
    fixture: 'error-handler-emits',
    answer: 'application',
    koa: '503',
  },
  {
    name: 'an error handler throws',
    fixture: 'error-handler-throws',
    smoke: true,
    boundaries: ['handler', 'error-handler'],
    express: '500',
    koa: { outcome: '500', boundaries: ['handler'] },
  },
  {
    name: 'an async error handler rejects',
    fixture: 'error-handler-rejects',
    boundaries: ['handler', 'error-handler'],
    express4: { outcome: 'RST crash', fates: ['lives', 'crashes'] },
    express5: '500',
    koa: { outcome: '500', boundaries: ['handler'] },
  },
  {
    name: 'an error handler forgets to answer',
    fixture: 'error-handler-forgets',
    express: 'HANG -> HANG',
  },
  {
    name: 'an error handler answers after the head was sent',
    fixture: 'error-handler-after-headers',
    boundaries: ['body', 'error-handler'],
    express: 'CUT',
  },
  {
    name: 'Express fails to read an error, and answers what it threw itself',
    fixture: 'unreadable-behind-routes',
    express: '500',
  },
  {
    name: 'Express fails to read an error, and the handler answers',
    fixture: 'unreadable-caught',
    answer: 'application',
    express: '503',
  },
  {
    name: 'Express fails to read an error after the head was sent',
    fixture: 'unreadable-after-head',
    boundary: 'body',
    express: 'CUT',
  },
  {
    name: 'Node refuses a Trailer in the answer to an error',
    fixture: 'trailer-in-answer',
    express: 'RST crash',
  },
  {
    name: 'a hook of the response fails in the answer to an error',
    fixture: 'hook-fails-in-answer',
    boundaries: ['handler', 'background'],
    fates: ['lives', 'crashes'],
    express: 'RST crash',
  },
  {
    name: "a listener for the application's 'error' throws",
    fixture: 'listener-throws',
    boundaries: ['handler', 'error-handler'],
    koa: 'RST crash',
  },
  {
    name: "all listeners for the application's 'error' are removed",
    fixture: 'no-listener',
    prints: 'the page is made before Node looks for the source line of the rejection',
    koa: 'RST crash',
  },
  {
    name: 'an onerror of its own answers',
    fixture: 'custom-onerror',
    answer: 'application',
    koa: '502',
  },
]
