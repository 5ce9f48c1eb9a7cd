import { closeSync, openSync } from 'node:fs'
import type { Effect } from './effect.ts'
import { told } from './effect.ts'

const atOnce = 500
const turnMs = 10

/** Descriptors taken from the process itself, until there are so many or no more are to be had; what the process gives back is taken too. */
export function openFiles({ files }: { readonly files: number }): Effect {
  const open: number[] = []
  let refusal = ''
  const turn = (): void => {
    try {
      for (let i = 0; i < atOnce && open.length < files; i++) open.push(openSync('/dev/null', 'r'))
    } catch (thrown) {
      refusal = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown)
    }
  }
  const timer = setInterval(turn, turnMs)
  timer.unref()
  turn()
  return {
    look() {
      const end = refusal === '' ? '' : `, then ${refusal}`
      const evidence = `it holds ${open.length} of ${files} files${end}`
      return told({ active: open.length >= files || refusal !== '', evidence })
    },
    end() {
      clearInterval(timer)
      for (const file of open.splice(0)) closeSync(file)
    },
  }
}
