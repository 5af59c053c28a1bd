import { Router } from 'express'
import { describe, expect, test } from 'vitest'
import { createRequire } from 'node:module'
import { mountPaths } from './mount-path.ts'

const { Router: Router4 } = createRequire(import.meta.url)('express4') as { Router: typeof Router }

type Path = string | RegExp | Array<string | RegExp>

/** The layer Express makes of a mounted router. */
function layerOf(path: Path, make: typeof Router = Router): object {
  const router = make()
  router.use(path, make())
  return router.stack[0] as object
}

const both: ReadonlyArray<readonly [path: Path, mounts: readonly string[]]> = [
  ['/', ['']],
  ['/orders', ['/orders']],
  ['/orders/', ['/orders']],
  ['/a.b/:id/items', ['/a.b/:id/items']],
  ['/:a-:b', ['/:a-:b']],
]
const more: typeof both = [
  [
    ['/a', '/b/:c'],
    ['/a', '/b/:c'],
  ],
  ['/files/*rest', ['/files/*rest']],
  [/^\/x(\d+)/, [String.raw`/(^\/x(\d+))`]],
]

/** With and without a slash at the end is the same. */
const plain = (layer: object): string[] => mountPaths(layer).map((path) => path.replace(/(.)\/$/, '$1'))

test.each(both)('Express 4: %s', (path, mounts) => {
  expect(plain(layerOf(path, Router4))).toEqual(mounts)
})

describe('Express 5', () => {
  test.each([...both, ...more])('%s', (path, mounts) => {
    expect(plain(layerOf(path))).toEqual(mounts)
  })

  test.each([...both, ...more, ['/a{/:b}', ['/a/:b', '/a']] as const])(
    'by its matchers, of a version that keeps no path: %s',
    (path, mounts) => {
      const { exec } = RegExp.prototype
      const layer = layerOf(path) as { rawPath?: unknown }
      delete layer.rawPath
      expect(plain(layer).toSorted()).toEqual([...mounts].toSorted())
      expect(RegExp.prototype.exec).toBe(exec)
    },
  )

  test.each([{}, { matchers: [() => false] }, { matchers: [1, () => JSON.parse('{')] }, { rawPath: 1 }])(
    'a layer that tells nothing: %j',
    (layer) => {
      for (const mount of mountPaths(layer)) expect(mount).toBe('/…')
    },
  )
})
