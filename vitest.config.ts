import { defineConfig } from 'vitest/config'

const resolve = { conditions: ['proofload-source'] }
const ssr = { resolve }

/** Of the tests of the built program those that need the machine for themselves. */
const measured = ['shop', 'limited-by'].map((name) => `test/e2e/${name}.test.ts`)

/** Figures are judged here too, at loads far from using a core: two files at once. */
const light = [
  'e2e/shop-faults',
  'e2e/chat',
  'e2e/writing-flow',
  'e2e/shop-stress',
  'accuracy/breakers',
  'e2e/capacity',
  'accuracy/recovery',
  'e2e/guards',
].map((name) => `test/${name}.test.ts`)

/** `unit` runs from the sources; the others run the built program, because a worker thread cannot start from a `.ts` file. */
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
          // Modules are read once a process instead of once a file: a third of the time.
          isolate: false,
        },
      },
      {
        resolve,
        ssr,
        // What is right on a busy machine as well: several files at once.
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [...measured, ...light],
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve,
        ssr,
        test: { name: 'light', include: light, testTimeout: 300_000, hookTimeout: 60_000 },
      },
      {
        resolve,
        ssr,
        // Figures and times are judged here: nothing else runs beside them.
        test: {
          name: 'measured',
          include: ['test/accuracy/**/*.test.ts', ...measured],
          exclude: light,
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
