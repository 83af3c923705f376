import { readFileSync } from 'node:fs'
import { LaunchError } from '@parley/local-cluster'

/** Of one process beside its connections. */
const OTHERS = 200

/** All clients are in one process: a machine that does not let it have so many sockets is said to, before anything starts. */
export function refuseTooManyClients(clients: number): void {
  const limits = readFileSync('/proc/self/limits', 'utf8')
  const [, , hard = ''] = /^Max open files\s+(\S+)\s+(\S+)/mu.exec(limits) ?? []
  const most = hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard) - OTHERS
  if (!(clients > most)) return
  throw new LaunchError(
    `A process may have ${hard} files open here (ulimit -Hn), so --clients takes at most ${most}.`,
    { exitCode: 2 },
  )
}
