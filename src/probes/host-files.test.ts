import { describe, expect, it } from 'vitest'
import { linkBytesPerSec, parseDisks, parseMemory, parseNetwork, parsePorts, parsePressure } from './host-files.ts'

describe('files of the kernel', () => {
  it('memory is read in kilobytes', () => {
    expect(parseMemory('MemTotal:       8000 kB\nMemFree: 10 kB\nMemAvailable:   6000 kB\n')).toEqual({
      total: 8_192_000,
      available: 6_144_000,
    })
    expect(parseMemory('')).toBeUndefined()
  })

  it('disks are counted once: not again as partitions, loops or device-mapper volumes', () => {
    const row = (name: string, read: number, written: number) => ` 8 0 ${name} 1 2 ${read} 4 5 6 ${written} 8 9 10 11`
    const text = [
      row('sda', 10, 20),
      row('sda1', 9, 19),
      row('nvme0n1', 1, 2),
      row('nvme0n1p1', 1, 2),
      row('loop0', 5, 5),
      row('dm-0', 10, 20),
    ].join('\n')
    expect(parseDisks(text)).toEqual({ 'host.disk.read': 11 * 512, 'host.disk.write': 22 * 512, 'host.disk.busy': 0.02 })
  })

  it('local ports are counted with both ends', () => {
    expect(parsePorts('32768\t60999\n')).toBe(28_232)
    expect(parsePorts('')).toBeUndefined()
  })

  it('the speed of the network is that of the interfaces that have one', () => {
    expect(linkBytesPerSec(['1000\n', '-1\n', ''])).toBe(125e6)
  })

  it('the loopback is kept apart from the network', () => {
    const head = 'Inter-|   Receive\n face |bytes\n'
    expect(parseNetwork(`${head}    lo:100 1 0 0 0 0 0 0 100 1 0\n  eth0: 7 1 0 0 0 0 0 0 9 1 0\n`)).toEqual({
      'host.net.in': 7,
      'host.net.out': 9,
      'host.net.loopback': 100,
    })
  })

  it('pressure is a share', () => {
    expect(
      parsePressure('some avg10=8.61 avg60=21.91 avg300=13.35 total=7\nfull avg10=0.00 avg60=0 avg300=0 total=0\n'),
    ).toBeCloseTo(0.0861)
    expect(parsePressure('')).toBeUndefined()
  })
})
