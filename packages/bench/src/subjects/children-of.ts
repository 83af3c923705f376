import { readFileSync } from 'node:fs'

/** Those that live and were started by its first thread. */
export function childrenOf(pid: number): number[] {
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return list === '' ? [] : list.split(' ').map(Number)
  } catch {
    // It has ended.
    return []
  }
}
