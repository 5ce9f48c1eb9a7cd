import { readFileSync } from 'node:fs'

/** Who PostgreSQL runs as. */
export interface RunAs {
  readonly uid?: number
  readonly gid?: number
  /** For names of folders. */
  readonly label: string
}

/** PostgreSQL refuses to run as root, and needs a user with a name: as root an unprivileged one that exists is taken, otherwise ourselves. */
export function runAs(uid = process.getuid?.(), passwd = readPasswd()): RunAs {
  if (uid === undefined) return { label: 'user' }
  if (uid !== 0) return { label: String(uid) }
  const users = passwd.split('\n').map((line) => {
    const [name = '', , user = '', group = ''] = line.split(':')
    return { name, uid: Number(user), gid: Number(group) }
  })
  const named = (name: string): (typeof users)[number] | undefined => users.find((user) => user.name === name && user.uid > 0)
  const found = named('nobody') ?? named('postgres') ?? users.find((user) => user.uid > 0)
  if (found === undefined) throw new Error('PostgreSQL cannot run as root, and /etc/passwd names no other user')
  return { uid: found.uid, gid: found.gid, label: `0-${found.uid}` }
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8')
  } catch {
    return ''
  }
}
