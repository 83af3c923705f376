import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LaunchError } from './launch-error.ts'
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts'
import { waitUntil } from './wait-until.ts'
import { writeFileAtomically } from './write-file-atomically.ts'

interface Pids {
  readonly launcher: ProcessIdentity
  readonly children: readonly ProcessIdentity[]
}

export interface PidsFile {
  readonly write: (children: readonly ProcessIdentity[]) => void
  readonly remove: () => void
}

/**
 * Makes this process the one launcher of the folder. What an earlier one left running, because it was
 * killed, is ended first; a launcher that is alive is left alone.
 */
export async function claimFolder(dir: string): Promise<PidsFile> {
  const path = join(dir, 'pids.json')
  const launcher = identify(process.pid)
  if (launcher === null) throw new LaunchError('The start time of this process cannot be read.')
  await endLeftovers(path)
  create(path, launcher)
  return {
    write: (children) => writeFileAtomically(path, JSON.stringify({ launcher, children })),
    remove: () => rmSync(path, { force: true }),
  }
}

async function endLeftovers(path: string): Promise<void> {
  const left = read(path)
  if (left === null) {
    // Absent, or damaged by a machine that went down.
    rmSync(path, { force: true })
    return
  }
  if (isAlive(left.launcher)) throw refusal(left.launcher)
  const children = left.children.filter(isAlive)
  // In the group's name: a leftover may have children of its own.
  for (const { pid } of children) signalGroup(pid, 'SIGTERM')
  const ended = (): boolean => !children.some(isAlive)
  // A drain makes no sense without the balancer and the database; a clean end of the database does.
  if (!(await waitUntil(ended, { timeoutMs: 5_000 }))) {
    for (const child of children.filter(isAlive)) signalGroup(child.pid, 'SIGKILL')
    await waitUntil(ended, { timeoutMs: 5_000 })
  }
  rmSync(path, { force: true })
}

function create(path: string, launcher: ProcessIdentity): void {
  const complete = `${path}.${process.pid}.new`
  writeFileSync(complete, JSON.stringify({ launcher, children: [] }), { mode: 0o600 })
  try {
    // Of two launchers that start at the same moment, one gets the name.
    linkSync(complete, path)
  } catch {
    throw refusal(read(path)?.launcher)
  } finally {
    rmSync(complete)
  }
}

function refusal(launcher: ProcessIdentity | undefined): LaunchError {
  const who = launcher === undefined ? '' : ` (process ${launcher.pid})`
  return new LaunchError(`Parley is already running from this folder${who}; stop that one first.`)
}

function read(path: string): Pids | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Pids
  } catch {
    return null
  }
}

/** Signals a process that leads its group, and what it started. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // It ended before.
  }
}
