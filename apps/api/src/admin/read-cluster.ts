import {
  HOT_ROOMS,
  PROCESS_REPORTS,
  ProcessReport,
  type ClusterStatus,
  type HotRoom,
} from '@parley/message-schema'
import { readLeased, REPORT_FIELD, type Redis } from '@parley/server-kit'
import type { RoomFactsStore } from '../db/server/room-facts-store.ts'

export interface ReadClusterPorts {
  readonly redis: Redis
  /** Of the API that answers. */
  readonly own: () => ProcessReport | undefined
  readonly rooms: Pick<RoomFactsStore, 'find'>
}

export interface ReadCluster {
  readonly status: () => Promise<ClusterStatus>
  /** `null` while Redis is away. */
  readonly hotRooms: () => Promise<HotRoom[] | null>
}

function parseReport(said: string): ProcessReport[] {
  // Another release may say other things: who cannot be understood is left out.
  const parsed = ProcessReport.safeParse(JSON.parse(said))
  return parsed.success ? [parsed.data] : []
}

const byKindAndName = (a: ProcessReport, b: ProcessReport): number =>
  a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name) || (a.at < b.at ? 1 : -1)

/** Two round trips to Redis, one field of each server: as much as there are servers. */
export function createReadCluster({ redis, own, rooms }: ReadClusterPorts): ReadCluster {
  async function read(): Promise<ProcessReport[] | null> {
    if (redis.status !== 'ready') return null
    const said = await readLeased(redis, PROCESS_REPORTS, [REPORT_FIELD]).catch(() => null)
    return said === null ? null : (said.get(REPORT_FIELD) ?? []).flatMap(parseReport)
  }

  return {
    async status() {
      const reports = await read()
      const mine = own()
      const processes = reports ?? (mine === undefined ? [] : [{ ...mine, redis: false }])
      return {
        at: new Date().toISOString(),
        redis: reports !== null,
        processes: processes.toSorted(byKindAndName).map(({ hotRooms: _, ...status }) => status),
      }
    },

    async hotRooms() {
      const reports = await read()
      if (reports === null) return null
      const sums = new Map<string, number>()
      for (const { roomId, messages } of reports.flatMap(({ hotRooms }) => hotRooms)) {
        sums.set(roomId, (sums.get(roomId) ?? 0) + messages)
      }
      const hottest = [...sums].toSorted(([, a], [, b]) => b - a).slice(0, HOT_ROOMS)
      const facts = await rooms.find(hottest.map(([roomId]) => roomId))
      return hottest.flatMap(([roomId, messages]) => {
        const room = facts.get(roomId)
        return room === undefined ? [] : [{ ...room, messages }]
      })
    },
  }
}
