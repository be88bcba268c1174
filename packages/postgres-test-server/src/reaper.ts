import { spawn } from 'node:child_process'
import { Socket } from 'node:net'

/** Ends a server whose test process was killed before it could. */
export interface Reaper {
  /** The process to end, or nothing while there is none. */
  watch(pid: number | undefined): void
  /** No longer needed. */
  dismiss(): void
}

/**
 * A shell that waits at the end of a pipe: when the process at the other end dies, however it dies, the shell stops
 * the server and removes its folder.
 */
const SCRIPT = `
trap '' INT TERM HUP
pid=
while read -r line; do pid=$line; done
[ "$pid" = done ] && exit
[ -n "$pid" ] && kill -QUIT "$pid" && sleep 1
rm -rf "$0"
`

export const reaper = (directory: string): Reaper => {
  const shell = spawn('sh', ['-c', SCRIPT, directory], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  // It must not keep the test process from ending.
  shell.unref()
  const pipe = shell.stdin
  pipe.on('error', () => undefined)
  if (pipe instanceof Socket) pipe.unref()
  return {
    watch: (pid) => void pipe.write(`${pid ?? ''}\n`),
    dismiss: () => void pipe.end('done\n'),
  }
}
