import { readdirSync, readFileSync } from 'node:fs'

const NS_PER_US = 1_000

/**
 * Microseconds for which the threads of a process have run, by the scheduler (`schedstat`): exact, where
 * `stat` counts in ticks of 10 ms. 0 of one that has ended.
 */
export function cpuUsOf(pid: number): number {
  let ns = 0
  for (const thread of threadsOf(pid)) {
    try {
      const [ran = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(
        ' ',
        1,
      )
      ns += Number(ran)
    } catch {
      // It has ended meanwhile.
    }
  }
  return ns / NS_PER_US
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}
