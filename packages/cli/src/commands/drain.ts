import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { badUsage, CliError } from '../cli-error.ts'
import { findLocalCluster, type Replica } from '../installation/find-local-cluster.ts'
import type { Terminal } from '../terminal.ts'
import { addLeaf, typed, type Run } from './command-kit.ts'
import { positive } from './what-is-asked.ts'

const LOOK_EVERY_MS = 100

export function addDrain(program: Command, terminal: Terminal): void {
  addLeaf<{ timeout: number }>(program, terminal, {
    usage: 'drain <gateway>',
    summary: 'End a gateway of the local cluster in order: its clients move to others first.',
    examples: ['parley drain g1'],
    needs: 'nothing',
    options: (command) =>
      command.option('--timeout <seconds>', 'how long it may take', typed(positive), 60),
    async run(run, { timeout }, [name = '']) {
      const replica = findGateway(run, name)
      const startedAt = performance.now()
      await drain(run, replica, timeout)
      const tookMs = Math.round(performance.now() - startedAt)
      await run.show({ gateway: name, drained: true, tookMs }, () => {
        return `${name} has drained and ended, in ${(tookMs / 1_000).toFixed(1)} s.\n`
      })
    },
  })
}

/*
 * Everywhere a gateway drains on SIGTERM, and whoever supervises it decides whether it is started again.
 * A second way in, over the network, would be one more door to keep shut.
 */
const ELSEWHERE =
  'elsewhere SIGTERM drains a gateway: systemctl stop, docker stop, kubectl delete pod, or kill'

function findGateway({ terminal }: Run, name: string): Replica & { readonly pid: number } {
  const cluster = findLocalCluster(terminal.env, terminal.cwd)
  if (cluster === null) throw badUsage(`No cluster of npm start runs here; ${ELSEWHERE}.`)
  const found = cluster.gateways.find((gateway) => gateway.name === name)
  if (found === undefined) {
    const names = cluster.gateways.map((gateway) => gateway.name).join(', ')
    throw badUsage(`There is no gateway of that name; there are ${names}.`)
  }
  const { pid } = found
  if (pid === null) throw new CliError(`${name} is not running.`)
  // The file may be older than the process that has the number now.
  if (!isGateway(pid))
    throw new CliError(`The process ${pid} is no gateway; is the cluster running?`)
  return { ...found, pid }
}

/** On Linux the command line says it. Elsewhere the file is believed. */
function isGateway(pid: number): boolean {
  if (process.platform !== 'linux') return isAlive(pid)
  try {
    return /gateway/u.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  } catch {
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Ended, or dead and not yet taken note of by its parent. */
function isRunning(pid: number): boolean {
  if (process.platform !== 'linux') return isAlive(pid)
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z'
  } catch {
    return false
  }
}

async function drain(
  { terminal }: Run,
  { name, pid }: Replica & { readonly pid: number },
  timeoutS: number,
): Promise<void> {
  try {
    process.kill(pid, 'SIGTERM')
  } catch (cause) {
    throw new CliError(`${name} cannot be signalled: ${(cause as Error).message}`, { cause })
  }
  terminal.note(`${name} drains …\n`)
  const untilMs = Date.now() + timeoutS * 1_000
  while (isRunning(pid)) {
    if (Date.now() > untilMs) {
      throw new CliError(`${name} still runs after ${timeoutS} s; it goes on draining.`)
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal: terminal.signal })
  }
}
