import type { Gauges, Reading } from './gauge.ts'

interface Allowance {
  readonly times: number
  readonly plus: number
}

/**
 * By how much a gauge may stand above what it was before anybody had connected, when all have gone: pools are
 * open, code is compiled and caches are full then, and are to be seen once. What goes on growing is for
 * `npm run soak` to find. What is left out here takes its time by design, as rooms that are followed a while
 * longer.
 */
const ALLOWED: Readonly<Record<string, Allowance>> = {
  sessions: { times: 1, plus: 0 },
  commandsQueued: { times: 1, plus: 0 },
  heapMiB: { times: 1.05, plus: 32 },
  externalMiB: { times: 1.05, plus: 16 },
  rssMiB: { times: 1.5, plus: 192 },
  descriptors: { times: 1.05, plus: 64 },
  resources: { times: 1.05, plus: 64 },
  // Jobs that failed are kept for a day, 1,000 a queue.
  lastingKeys: { times: 1.05, plus: 1_000 },
  usedMiB: { times: 1.05, plus: 8 },
  clients: { times: 1.05, plus: 8 },
  connections: { times: 1.05, plus: 48 },
  statements: { times: 1.05, plus: 64 },
}

/** A balancer keeps connections to every server for the next request. */
const OF_BALANCER: Allowance = { times: 1.05, plus: 512 }

/** The buffer pool of a database fills until it has what it was given. */
const FILLS: ReadonlySet<string> = new Set(['database rssMiB'])

export function allowedAfter(before: Reading): Reading {
  return new Map(
    [...before].map(([process, gauges]) => {
      const allowed: Record<string, number> = {}
      for (const [gauge, value] of Object.entries(gauges)) {
        const isKept = process === 'balancer' && gauge === 'descriptors'
        const by = isKept ? OF_BALANCER : ALLOWED[gauge]
        if (by === undefined || FILLS.has(`${process} ${gauge}`)) continue
        allowed[gauge] = Math.round(value * by.times + by.plus)
      }
      return [process, allowed]
    }),
  )
}

export const isWithin = (reading: Reading, allowed: Reading): boolean =>
  [...allowed].every(([process, gauges]) => isBelow(reading.get(process) ?? {}, gauges))

const isBelow = (is: Gauges, allowed: Gauges): boolean =>
  Object.entries(allowed).every(([gauge, most]) => (is[gauge] ?? 0) <= most)
