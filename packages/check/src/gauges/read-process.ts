import { readdirSync, readFileSync } from 'node:fs'
import type { Gauges } from './gauge.ts'

const KIB_A_MIB = 1_024

/**
 * Memory and descriptors as Linux tells them, of a process and of those that it has started: a balancer has
 * workers. Nothing elsewhere, and of a process that has just ended.
 */
export function readProcess(pid: number | null): Gauges {
  if (pid === null) return {}
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const kib = Number(/^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1] ?? 0)
    let [rssMiB, descriptors] = [kib / KIB_A_MIB, readdirSync(`/proc/${pid}/fd`).length]
    for (const child of childrenOf(pid)) {
      const its = readProcess(child)
      rssMiB += its['rssMiB'] ?? 0
      descriptors += its['descriptors'] ?? 0
    }
    return { rssMiB, descriptors }
  } catch {
    return {}
  }
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return children.split(' ').filter(Boolean).map(Number)
}
