import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { listenerOf, parseSocketTable, parseStat, readProcessTable, withDescendants } from './process-table.ts'

describe('the process table', () => {
  it('reads a command that holds spaces and parentheses', () => {
    const rest = 'S 7 42 42 0 -1 4194304 1 2 3 4 150 25 0 0 20 0 11 0 9876 1000 512 18446744073709551615 1 1'
    expect(parseStat(`42 (a) b) (x) ${rest}`)).toEqual({
      pid: 42,
      command: 'a) b) (x',
      state: 'S',
      parent: 7,
      group: 42,
      childTicks: 0,
      ticks: 175,
      threads: 11,
      startTicks: 9876,
      residentPages: 512,
    })
    expect(parseStat('')).toBeUndefined()
  })

  it('finds descendants over generations and survives a circle', () => {
    const row = (pid: number, parent: number) => ({
      pid,
      parent,
      command: '',
      state: 'S',
      group: 0,
      ticks: 0,
      childTicks: 0,
      threads: 1,
      startTicks: 0,
      residentPages: 0,
    })
    const table = [row(2, 1), row(3, 2), row(4, 3), row(5, 1), row(6, 7), row(7, 6)]
    expect([...withDescendants([2], table)].toSorted()).toEqual([2, 3, 4])
    expect([...withDescendants([6], table)].toSorted()).toEqual([6, 7])
  })

  it('has us in it', () => {
    expect(readProcessTable().find(({ pid }) => pid === process.pid)?.parent).toBe(process.ppid)
  })
})

describe('the socket table', () => {
  it('reads rows of both address families, with wide row numbers and without an owner', () => {
    const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
    const v4 =
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 6215 1 0000000000000000 100 0 0 10 0\n'
    const late =
      '12345: 0100007F:C350 0100007F:1F90 06 00000000:00000000 03:00000176 00000000     0        0 0 3 0000000000000000\n'
    const v6 =
      '   1: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 01 00000000:00000000 00:00000000 00000000  1000        0 77 1\n'
    expect(parseSocketTable(head + v4 + late + v6)).toEqual([
      { localPort: 8080, state: 10, inode: 6215 },
      { localPort: 50000, state: 6, inode: 0 },
      { localPort: 80, state: 1, inode: 77 },
    ])
    expect(parseSocketTable('')).toEqual([])
  })

  it('tells who listens on a port', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo // a TCP server has no other address
    expect(listenerOf(port)).toBe(process.pid)
    server.close()
    await once(server, 'close')
    expect(listenerOf(port)).toBeUndefined()
  })
})
