/** `/proc/meminfo`, in bytes. */
export function parseMemory(text: string): { total: number; available: number } | undefined {
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1])
  const total = kilobytes('MemTotal') * 1024
  const available = kilobytes('MemAvailable') * 1024
  return total > 0 && available >= 0 ? { total, available } : undefined
}

/** The kernel counts in sectors of 512 bytes, whatever the disk's own are (Documentation/admin-guide/iostats.rst). */
const sectorBytes = 512

/** Partitions repeat their disk, and what is stacked on disks (dm, md, loop, zram) repeats them too. */
const wholeDisk = /^(sd[a-z]+|vd[a-z]+|xvd[a-z]+|hd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/

/** `/proc/diskstats`: bytes, and seconds in which a disk had work, since boot. */
export function parseDisks(text: string): Record<string, number> {
  let readBytes = 0
  let writtenBytes = 0
  let busyMs = 0
  let disks = 0
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/)
    if (!wholeDisk.test(fields[2] ?? '')) continue
    disks += 1
    readBytes += Number(fields[5]) * sectorBytes
    writtenBytes += Number(fields[9]) * sectorBytes
    busyMs += Number(fields[12])
  }
  return disks === 0 ? {} : { 'host.disk.read': readBytes, 'host.disk.write': writtenBytes, 'host.disk.busy': busyMs / 1000 }
}

/** `/proc/net/dev`: bytes since boot; the loopback counts each byte as received and as sent, so one of them is taken. */
export function parseNetwork(text: string): Record<string, number> {
  let incoming = 0
  let outgoing = 0
  let loopback = 0
  let seen = false
  for (const line of text.split('\n').slice(2)) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    seen = true
    const name = line.slice(0, colon).trim()
    const fields = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number)
    if (name === 'lo') loopback += fields[0] ?? 0
    else {
      incoming += fields[0] ?? 0
      outgoing += fields[8] ?? 0
    }
  }
  return seen ? { 'host.net.in': incoming, 'host.net.out': outgoing, 'host.net.loopback': loopback } : {}
}

/** Sum of what `/sys/class/net/X/speed` says, in megabits a second, as bytes a second; -1 stands for an interface without a speed. */
export function linkBytesPerSec(speeds: readonly string[]): number {
  return speeds.reduce((sum, text) => sum + Math.max(0, Number(text.trim() || 0)), 0) * 125_000
}

/** `/proc/sys/net/ipv4/ip_local_port_range`: how many local ports the machine hands out. */
export function parsePorts(text: string): number | undefined {
  const [from = NaN, to = NaN] = text.trim().split(/\s+/).map(Number)
  return to >= from ? to - from + 1 : undefined
}

/** `/proc/pressure/X`: share of the last ten seconds in which some task waited (Documentation/accounting/psi.rst). */
export function parsePressure(text: string): number | undefined {
  const percent = /^some avg10=([\d.]+)/m.exec(text)?.[1]
  return percent === undefined ? undefined : Number(percent) / 100
}
