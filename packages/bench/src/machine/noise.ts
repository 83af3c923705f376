import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { clockMs } from '../clock.ts'
import { cpuOfTree } from './process-tree.ts'

const TICK_MS = 10

/** What went on beside a run: the shares of all cores that others had. */
export interface Noise {
  /** Of the host, where the machine is virtual. */
  readonly stealShare: number
  /** Of processes that are none of the run's. */
  readonly foreignShare: number
  /** Of the run itself. */
  readonly ownShare: number
}

interface Reading {
  readonly atMs: number
  readonly busyMs: number
  readonly stealMs: number
  readonly ownMs: number
}

function read(): Reading {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
  const ticks = line.trim().split(/\s+/u).slice(1).map(Number)
  const at = (index: number): number => ticks[index] ?? 0
  // user, nice, system, idle, iowait, irq, softirq, steal.
  const busy = at(0) + at(1) + at(2) + at(5) + at(6)
  return {
    atMs: clockMs(),
    busyMs: busy * TICK_MS,
    stealMs: at(7) * TICK_MS,
    ownMs: cpuOfTree(process.pid),
  }
}

/** Begins to watch; what it answers ends it. */
export function watchNoise(): () => Noise {
  const before = read()
  return () => {
    const after = read()
    const allMs = (after.atMs - before.atMs) * availableParallelism()
    const share = (ms: number): number => Math.max(0, ms / allMs)
    const ownMs = after.ownMs - before.ownMs
    return {
      stealShare: share(after.stealMs - before.stealMs),
      foreignShare: share(after.busyMs - before.busyMs - ownMs),
      ownShare: share(ownMs),
    }
  }
}
