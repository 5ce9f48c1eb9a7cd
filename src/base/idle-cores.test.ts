import { accessSync, constants, readdirSync, readlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import { keepCoresAwake } from './idle-cores.ts'

const device = '/dev/cpu_dma_latency'

/** How often this process holds the device open: the wish lasts as long. */
function held(): number {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return '' // of the reading itself
    }
  })
  return links.filter((link) => link === device).length
}

function mayWrite(): boolean {
  try {
    accessSync(device, constants.W_OK)
    return true
  } catch {
    return false
  }
}

test('idle cores are kept awake until they are released, where this machine lets us, and it is said where not', () => {
  const before = held()
  const cores = keepCoresAwake()
  expect(cores.awake).toBe(mayWrite())
  expect(held() - before).toBe(cores.awake ? 1 : 0)
  cores.release()
  cores.release()
  expect(held()).toBe(before)
})
