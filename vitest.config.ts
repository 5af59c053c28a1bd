import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@throwpoint/source', 'node'] },
  ssr: { resolve: { conditions: ['@throwpoint/source', 'node'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    env: { TURBO_TELEMETRY_DISABLED: '1' },
  },
})
