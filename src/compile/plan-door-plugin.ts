import type { Plugin } from 'esbuild'
import { planDoor, planDoorKey } from '../plan/index.ts'

/** `import … from 'proofload'` leads to the running copy of proofload, which collects what the plan declares. A name that is not there is an error with its place. */
export function planDoorPlugin(): Plugin {
  return {
    name: 'plan-door',
    setup(build) {
      build.onResolve({ filter: /^proofload$/ }, () => ({ path: 'proofload', namespace: 'plan-door' }))
      build.onResolve({ filter: /^proofload\// }, ({ path }) => ({
        errors: [{ text: `A plan imports from "proofload"; "${path}" is for programs that start runs` }],
      }))
      build.onLoad({ filter: /.*/, namespace: 'plan-door' }, () => ({ contents: doorModule(), loader: 'js' }))
    },
  }
}

function doorModule(): string {
  const exports = Object.keys(planDoor).map((name) => `export const ${name} = door.${name};`)
  return [`const door = globalThis[Symbol.for(${JSON.stringify(planDoorKey)})];`, ...exports].join('\n')
}
