import { io } from 'socket.io-client'
import type { OpenReader, ReaderEvents } from './reader.ts'

interface RoomEvents {
  readonly roomId: string
  readonly events: readonly {
    readonly seq: number
    readonly type: string
    readonly data: { readonly text?: string }
  }[]
}

interface RoomAnswer {
  readonly head: number
  readonly reset?: boolean
  readonly from?: number
  readonly events?: RoomEvents['events']
}

interface SyncReply {
  readonly ok: boolean
  readonly data?: {
    readonly rooms: Readonly<Record<string, RoomAnswer>>
    readonly more?: boolean
  }
}

const ANSWER_MS = 10_000
const PAUSE_MS = 1_000
const PATIENCE_MS = 2_000

/** What docs/protocol.md advises to a bare client, and no more: it costs this process little. */
export const openParleyBareReader: OpenReader = ({ url, person, events }) => {
  const socket = io(url, {
    autoConnect: false,
    forceNew: true,
    transports: ['websocket'],
    auth: { token: person.token, v: 1 },
  })
  const positions = new Map<string, number>()
  let isSyncing = false
  let isLive = false

  const take = ({ roomId, events: handed }: RoomEvents): void => {
    for (const event of handed) {
      const position = positions.get(roomId)
      if (position === undefined || event.seq <= position) continue
      if (event.seq > position + 1) return sync()
      positions.set(roomId, event.seq)
      handOn(event, events)
    }
  }
  const sync = (): void => {
    if (isSyncing || !socket.connected) return
    isSyncing = true
    const asked = { rooms: Object.fromEntries(positions) }
    socket.timeout(ANSWER_MS).emit('sync', asked, (timeout: Error | null, reply: SyncReply) => {
      isSyncing = false
      if (timeout !== null || reply.data === undefined) return void setTimeout(sync, PAUSE_MS)
      for (const [roomId, room] of Object.entries(reply.data.rooms)) {
        // After a reset it goes on from the head: what it missed is lost, and counted so.
        const from = room.reset === true ? room.head : (room.from ?? 0)
        positions.set(roomId, Math.max(positions.get(roomId) ?? 0, from))
        take({ roomId, events: room.events ?? [] })
      }
      if (reply.data.more === true) return sync()
      if (!isLive) {
        isLive = true
        events.live()
      }
    })
  }

  socket.on('session:ready', sync)
  socket.on('room:events', take)
  socket.on('room:heads', (heads: Readonly<Record<string, number>>) => {
    setTimeout(() => {
      const isBehind = Object.entries(heads).some(
        ([id, head]) => (positions.get(id) ?? head) < head,
      )
      if (isBehind) sync()
    }, PATIENCE_MS)
  })
  socket.on('server:drain', ({ afterMs }: { afterMs: number }) => {
    setTimeout(() => socket.disconnect().connect(), afterMs)
  })
  socket.on('connect_error', () => {
    if (!socket.active) setTimeout(() => socket.connect(), PAUSE_MS)
  })
  socket.on('disconnect', () => {
    isSyncing = false
    if (!isLive) return
    isLive = false
    events.lost()
  })
  return {
    connect: () => void socket.connect(),
    leave: () => void socket.disconnect(),
    comeBack: () => void socket.connect(),
    close: () => void socket.disconnect(),
  }
}

function handOn(event: RoomEvents['events'][number], events: ReaderEvents): void {
  if (event.type === 'message:created') events.message(event.data.text)
}
