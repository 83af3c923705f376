import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { ensurePrograms, LaunchError } from '@parley/local-cluster'

/** Set in a process that has a network of its own. */
const MARK = 'PARLEY_VERIFY_ISOLATED'
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Nobody else is on this process's network: its packets may be dropped. */
export const isIsolated = (): boolean => process.env[MARK] === '1'

const worksIsolated = (command: string, ...args: readonly string[]): boolean =>
  spawnSync('unshare', ['--net', command, ...args], { stdio: 'ignore' }).status === 0

/**
 * Whether packets may be dropped here: a network of one's own is root's to make, on Linux, unless a container withholds
 * it or the kernel has no nftables. Programs that are missing are installed, if they can be.
 */
export async function mayDropPackets(
  onProgress: (step: string) => void = () => undefined,
): Promise<boolean> {
  if (isIsolated()) return true
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  if (!worksIsolated('true')) return false
  const programs = await ensurePrograms(['nft', 'ip'], onProgress).catch(() => null)
  return programs !== null && worksIsolated(programs.nft, 'add', 'table', 'inet', 'trial')
}

/**
 * Runs this program again, with the same arguments and `more`, in a network namespace that has nothing but a loopback
 * of its own, and answers its exit code. Whatever the run needs is installed before: from in there nothing is reached.
 * Signals are the other's from here on; should this process die, the end of their channel tells it.
 */
export async function runIsolated(
  more: readonly string[],
  onProgress: (step: string) => void,
): Promise<number> {
  const needed = ['redis-server', 'mariadbd', 'mariadb', 'haproxy', 'ip'] as const
  const { ip } = await ensurePrograms(needed, onProgress)
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1), ...more]
  const child = spawn(
    'unshare',
    ['--net', '--', 'sh', '-c', `"$0" link set lo up && exec "$@"`, ip, ...again],
    {
      // In a group of its own: a terminal's Ctrl-C comes by way of this process, once.
      detached: true,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, [MARK]: '1' },
    },
  )
  for (const signal of SIGNALS) {
    process.removeAllListeners(signal)
    process.on(signal, () => child.kill(signal))
  }
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  if (code === null) throw new LaunchError(`The run in a namespace was ended by ${signal}.`)
  return code
}

/** For the process in the namespace: `end` is called when the one that started it is gone. */
export function whenAbandoned(end: () => void): void {
  if (!isIsolated()) return
  process.once('disconnect', end)
  process.channel?.unref()
}
