import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Whom a server runs as. Nothing for the user of this process. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

const idOf = (name: string): Owner | undefined => {
  try {
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }))
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    return undefined
  }
}

/** PostgreSQL refuses to run as root: an unprivileged user that every system has runs it then. */
export const serverOwner = (): Owner | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const owner = idOf('postgres') ?? idOf('nobody')
  if (!owner)
    throw new Error('PostgreSQL does not run as root, and there is no user "postgres" or "nobody" here.')
  return owner
}

/** Whether everybody may go into a folder. */
export const openToAll = (path: string): boolean =>
  (statSync(path).mode & 0o5) === 0o5 && (dirname(path) === path || openToAll(dirname(path)))
