import { expect, test } from 'vitest'
import { rejectionMode } from './rejection-mode.ts'

test.each([
  [[], '', 'throw'],
  [['--unhandled-rejections=strict'], '', 'strict'],
  [['--unhandled-rejections', 'none'], '', 'none'],
  [[], '--max-old-space-size=99 --unhandled_rejections=warn', 'warn'],
  [['--unhandled-rejections=warn-with-error-code'], '--unhandled-rejections=none', 'warn-with-error-code'],
  [['--unhandled-rejections=none', '--unhandled-rejections=throw'], '', 'throw'],
  [[], '--unhandled-rejections=nonsense', 'throw'],
] as const)('%j, NODE_OPTIONS=%j', (execArgv, nodeOptions, mode) => {
  expect(rejectionMode(execArgv, nodeOptions)).toBe(mode)
})
