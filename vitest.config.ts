import { defineConfig } from 'vitest/config'
import type { TestSpecification } from 'vitest/node'
import { BaseSequencer } from 'vitest/node'

const resolve = { conditions: ['proofload-source'] }
const ssr = { resolve }

const files = (...names: readonly string[]): string[] => names.map((name) => `test/${name}.test.ts`)

/** Of the tests of the built program those that need the machine for themselves. */
const measured = files('e2e/shop', 'e2e/limited-by', 'e2e/valid-run')

/** Figures are judged here too, at loads far from using a core: two files at once. */
const light = files(
  ...['e2e/writing-flow', 'accuracy/breakers', 'e2e/limits-and-pressure', 'e2e/chat-degree'],
  ...['e2e/pools', 'e2e/capacity', 'accuracy/recovery'],
)

/** A soak takes minutes, and a real search is in the tests of the program too: `npm run test:long`, and not `npm test`. */
const long = files('e2e/shop-stress', 'accuracy/search')

/** Counts and ids are judged, and each file has several runs at once: two files at once. */
const systems = files('e2e/shop-faults', 'e2e/shop-defects', 'e2e/chat', 'e2e/guards')

/** So that no long file is left to run alone in the end. */
const longest = files(
  ...[
    'e2e/shop-defects',
    'e2e/chat',
    'e2e/shop-faults',
    'e2e/writing-flow',
    'accuracy/breakers',
    'e2e/chat-degree',
    'e2e/limits-and-pressure',
  ],
  ...['e2e/limiters', 'e2e/faults', 'e2e/undo-faults', 'e2e/faults-in-a-plan', 'e2e/report-page', 'e2e/behaviour'],
)

class LongestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const index = longest.findIndex((name) => moduleId.endsWith(name))
      return index === -1 ? longest.length : index
    }
    return (await super.sort(specifications)).sort((a, b) => place(a) - place(b))
  }
}

/** `unit` runs from the sources; the others run the built program, because a worker thread cannot start from a `.ts` file. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
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
          exclude: [...measured, ...light, ...systems, ...long],
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
        test: { name: 'long', include: long, testTimeout: 300_000, hookTimeout: 60_000 },
      },
      {
        resolve,
        ssr,
        // Each run has a server and a PostgreSQL of its own: more than three a file would starve each other, and be done again.
        test: { name: 'systems', include: systems, maxConcurrency: 3, testTimeout: 300_000, hookTimeout: 60_000 },
      },
      {
        resolve,
        ssr,
        // Figures and times are judged here: nothing else runs beside them.
        test: {
          name: 'measured',
          include: ['test/accuracy/**/*.test.ts', ...measured],
          exclude: [...light, ...long],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
