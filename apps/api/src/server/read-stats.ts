import type { Stats } from '@parley/message-schema'
import type { z } from 'zod'
import type { StatsStore } from '../db/server/stats-store.ts'

export type ReadStats = () => Promise<z.infer<typeof Stats>>

const KEPT_MS = 10_000

/** Kept for a moment, so that asking often costs nothing. */
export function createReadStats(
  store: Pick<StatsStore, 'totals' | 'dayAgo'>,
  gateways: () => Promise<string[] | null>,
  now: () => number = Date.now,
): ReadStats {
  let kept: { readonly at: number; readonly stats: Promise<z.infer<typeof Stats>> } | undefined

  async function read(): Promise<z.infer<typeof Stats>> {
    const [totals, before, living] = await Promise.all([store.totals(), store.dayAgo(), gateways()])
    return {
      at: new Date(now()).toISOString(),
      ...totals,
      gateways: living,
      lastDay: {
        messages: Math.max(0, totals.messages - (before?.messages ?? totals.messages)),
        since: before?.at.toISOString() ?? null,
      },
    }
  }

  return () => {
    if (kept === undefined || now() - kept.at > KEPT_MS) {
      const stats = read()
      kept = { at: now(), stats }
      stats.catch(() => {
        kept = undefined
      })
    }
    return kept.stats
  }
}
