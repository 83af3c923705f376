import type { Cluster } from '@parley/local-cluster'

/** A process of ours that has ended, though it was not told to by the cluster. */
export interface ProcessEnd {
  readonly name: string
  /** `SIGKILL`, `code 1`. */
  readonly how: string
  /** A fault had it killed, or told it to kill itself. */
  readonly isExpected: boolean
}

export interface EndWatch {
  readonly onNotice: (text: string) => void
  /** The same cluster, whose kills are known to be on purpose. */
  readonly watched: (cluster: Cluster) => Cluster
  /** It may kill itself until what this answers is called: nobody may come by and make it. */
  readonly mayEnd: (name: string) => () => void
  /** Told of all ends so far, and of each that comes; answers what ends that. */
  readonly follow: (take: (end: ProcessEnd) => void) => () => void
}

/** As whoever supervises the processes says it. Servers of others are not ours to answer for. */
const ENDED = /^([agw]\d+) ended (?:by|with) (.+?)(?:; starting it again)?$/u

export function createEndWatch(): EndWatch {
  const ends: ProcessEnd[] = []
  const takers = new Set<(end: ProcessEnd) => void>()
  const killed = new Set<string>()
  const doomed = new Map<string, number>()
  const spare = (name: string): void => {
    const left = (doomed.get(name) ?? 0) - 1
    if (left > 0) doomed.set(name, left)
    else doomed.delete(name)
  }
  return {
    onNotice(text) {
      const [, name, how] = ENDED.exec(text) ?? []
      if (name === undefined || how === undefined) return
      const isKilled = killed.delete(name) || doomed.has(name)
      const end = { name, how, isExpected: isKilled && how === 'SIGKILL' }
      ends.push(end)
      for (const take of takers) take(end)
    },
    watched: (cluster) => ({
      ...cluster,
      async kill(name, signal = 'SIGKILL') {
        if (signal === 'SIGKILL') killed.add(name)
        await cluster.kill(name, signal)
        // Of one that was dead already there is no notice.
        if (signal === 'SIGKILL') killed.delete(name)
      },
    }),
    mayEnd(name) {
      doomed.set(name, (doomed.get(name) ?? 0) + 1)
      return () => spare(name)
    },
    follow(take) {
      for (const end of ends) take(end)
      takers.add(take)
      return () => void takers.delete(take)
    },
  }
}
