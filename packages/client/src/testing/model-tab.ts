import type { Event, SyncResult } from '@parley/message-schema'
import type { Link, LinkEvents, OpenLink } from '../connection/link.ts'
import type { After } from '../after.ts'

export interface ModelTabPorts {
  readonly open: OpenLink
  readonly after: After
  readonly random: () => number
  readonly rooms: readonly string[]
}

/** Hands on what is next, holds what is too early, drops what was there. */
function createModelGuard(rooms: readonly string[]) {
  const positions = new Map<string, number>(rooms.map((roomId) => [roomId, 0]))
  const held = new Map<string, Map<number, Event>>(rooms.map((roomId) => [roomId, new Map()]))
  let doubles = 0

  const offer = (roomId: string, events: readonly Event[]): void => {
    const waiting = held.get(roomId)
    let position = positions.get(roomId) ?? 0
    for (const event of events) {
      if (event.seq <= position) doubles += 1
      else waiting?.set(event.seq, event)
    }
    for (; waiting?.delete(position + 1) === true; position += 1);
    positions.set(roomId, position)
  }
  const take = (result: SyncResult): void => {
    for (const [roomId, room] of Object.entries(result.rooms)) {
      if ('reset' in room) positions.set(roomId, Math.max(room.head, positions.get(roomId) ?? 0))
      offer(roomId, 'reset' in room ? [] : room.events)
    }
  }
  const sync = async (link: Link, asked: readonly string[]): Promise<boolean> => {
    const at = Object.fromEntries(asked.map((id) => [id, positions.get(id) ?? 0]))
    const reply = await link.request('sync', { rooms: at, epoch: 1 }).catch(() => null)
    if (reply?.ok === true) take(reply.data)
    return reply?.ok === true
  }

  return { positions, held, offer, sync, doubles: () => doubles }
}

/** One guard a room, and a plain connection: it catches up with each link and comes back after a cut. */
export function createModelTab({ open, after, random, rooms }: ModelTabPorts) {
  const { positions, held, offer, sync, doubles } = createModelGuard(rooms)
  const links: Link[] = []
  const repairs: string[] = []
  const readies: string[] = []
  let live: Link | null = null
  let isStopped = false

  /** What a beacon or a hole says is missing still is after a while. */
  const repair = (roomId: string, head: number, why: string): void => {
    after(1_500, () => {
      if (isStopped || live === null || (positions.get(roomId) ?? 0) >= head) return
      repairs.push(`${why} ${roomId} ${positions.get(roomId)} ${head}`)
      void sync(live, [roomId])
    })
  }
  const drop = (link: Link): void => {
    const at = links.indexOf(link)
    if (at >= 0) links.splice(at, 1)
    if (live === link) live = null
  }
  const comeBack = (): void => {
    if (links.length === 0) after(random() * 500, connect)
  }

  const giveUp = (link: Link): void => {
    link.close()
    drop(link)
    comeBack()
  }

  const connect = (): void => {
    if (isStopped) return
    const events: LinkEvents = {
      ready: (session) => {
        readies.push(session.sessionId)
        void sync(link, rooms).then((isDone) => {
          if (!links.includes(link) || isStopped) return
          if (!isDone) return giveUp(link)
          live = link
          for (const other of links.slice()) {
            if (other === link) continue
            other.close()
            drop(other)
          }
        })
      },
      fact: (name, fact) => {
        if (isStopped) return
        if (name === 'room:events') {
          const { roomId, events: news } = fact as { roomId: string; events: Event[] }
          offer(roomId, news)
          if (held.get(roomId)?.size !== 0) repair(roomId, news.at(-1)?.seq ?? 0, 'hole')
        } else if (name === 'room:heads') {
          for (const [roomId, head] of Object.entries(fact as Record<string, number>)) {
            if (head > (positions.get(roomId) ?? 0)) repair(roomId, head, 'head')
          }
        }
        if (name === 'server:drain') connect()
      },
      closed: () => {
        drop(link)
        comeBack()
      },
    }
    const link = open({ url: '', token: 't', deviceId: 'd' }, events)
    links.push(link)
  }

  return {
    connect,
    repairs,
    readies,
    doubles,
    position: (roomId: string): number => positions.get(roomId) ?? 0,
    isLive: () => live !== null,
    kind: () => live?.kind ?? null,
    sync: (roomId: string) => (live === null ? Promise.resolve(false) : sync(live, [roomId])),
    disconnect(): void {
      for (const link of links.splice(0)) link.close()
      live = null
    },
    stop: () => void (isStopped = true),
  }
}
