import { fileURLToPath, pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileOf } from './file-of.ts'

test('is what Node says', () => {
  const part = fc.oneof(
    fc.constantFrom('.', '..', '.git', 'a b', 'ä', 'a%20b', '#', '?', 'x.js', '@scope', 'node_modules', '\\'),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), fc.constantFrom('', '?v=1', '#part'), (parts, end) => {
      const url = pathToFileURL(`/${parts.join('/').replaceAll('\0', '')}`).href + end
      expect(fileOf(url)).toBe(fileURLToPath(url))
      const raw = `file:///${parts.join('/')}`
      let file: string | undefined
      try {
        file = fileURLToPath(raw)
      } catch {
        return
      }
      expect(fileOf(raw)).toBe(file)
    }),
  )
})
