import type { Row } from '../row.ts'

const sub = [[{ path: '/sub/case' }]]

/** Where the middleware stands, and what stands around it. */
export const places: readonly Row[] = [
  { name: 'in the middle', fixture: 'place-middle', express: '500', koa: '500' },
  {
    name: 'in the middle: what fails before it is not seen',
    fixture: 'place-middle-before',
    boundaries: [],
    express: '500',
  },
  { name: 'at the end', fixture: 'place-last', express: '500', koa: { outcome: '404', boundaries: [] } },
  { name: 'behind an error handler', fixture: 'place-after-error-handler', express: '500' },
  { name: 'installed twice', fixture: 'place-twice', express: '500', koa: '500' },
  { name: 'one middleware installed twice', fixture: 'place-one-twice', express: '500', koa: '500' },
  { name: 'in an array', fixture: 'place-array', express: '500' },
  { name: 'under a path', fixture: 'place-path', connections: [[{ path: '/outer/case' }]], express: '500' },
  { name: "inside a function of the application's own", fixture: 'place-wrapped', express: '500' },
  {
    name: 'in a mounted application too',
    fixture: 'place-sub-app-too',
    connections: sub,
    express: '500',
    koa: '500',
  },
  {
    name: 'in a mounted application only',
    fixture: 'place-sub-app-only',
    connections: sub,
    express: '500',
    koa: '500',
  },
  { name: 'in a router only', fixture: 'place-router', connections: sub, express: '500' },
  {
    name: 'around a mounted application of another major',
    fixture: 'place-other-major',
    connections: sub,
    express: '500',
    koa: '500',
  },
  {
    name: 'around an application of another major that is mounted later',
    fixture: 'place-other-major-later',
    connections: sub,
    express: '500',
  },
  { name: 'in an Express inside Koa', fixture: 'place-inside-koa', express: '404' },
  { name: 'in a Koa inside Express', fixture: 'place-inside-express', koa: '500' },
  { name: 'before a route that is added later', fixture: 'route-added-later', express: '500' },
  {
    name: 'before an error handler that is added later',
    fixture: 'handler-added-later',
    answer: 'application',
    express: '503',
  },
]
