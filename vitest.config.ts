import { defineConfig } from 'vitest/config'

const resolve = { conditions: ['proofload-source'] }
const ssr = { resolve }

/** `unit` runs from the sources; `e2e` and `accuracy` run the built program, because a worker thread cannot start from a `.ts` file. */
export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'systems/**/*.test.ts', 'test/contract/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/accuracy/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
