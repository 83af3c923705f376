import type { Line, Talk } from '../../../load/dialects/dialect.ts'
import type { RoomAnswer, RoomEvent, RoomPositions } from './room-positions.ts'

interface TalkPorts {
  readonly token: string
  readonly line: Line
  readonly positions: RoomPositions
  readonly moved: () => void
  /** The handshake was refused, and may be tried again after so long. */
  readonly refused: (retryAfterMs: number | undefined) => void
}

interface SyncReply {
  readonly ok: boolean
  readonly error?: { readonly code: string; readonly retryAfterMs?: number }
  readonly data?: {
    readonly rooms: Readonly<Record<string, RoomAnswer>>
    readonly more?: boolean
    readonly epoch: string
  }
}

const SYNC_AGAIN_MS = 1_000

/** One connection of a client that comes back: it is ready when its rooms were synced. */
export function returningTalk({ token, line, positions, moved, refused }: TalkPorts): Talk {
  let acks = 0
  let isSyncing = false

  const sync = (rooms: Record<string, number> = positions.asked()): void => {
    isSyncing = true
    acks += 1
    line.text(`42${acks}${JSON.stringify(['sync', { rooms }])}`)
  }

  const synced = ({ ok, error, data }: SyncReply): void => {
    isSyncing = false
    if (!ok || data === undefined) {
      setTimeout(sync, error?.retryAfterMs ?? SYNC_AGAIN_MS)
      return
    }
    for (const [room, answer] of Object.entries(data.rooms)) positions.takeAnswer(room, answer)
    if (data.more === true) {
      const left = Object.entries(positions.asked()).filter(([room]) => !(room in data.rooms))
      return sync(Object.fromEntries(left))
    }
    line.ready()
    moved()
  }

  const fact = (text: string): void => {
    const [name, payload] = JSON.parse(text.slice(2)) as [string, unknown]
    if (name === 'session:ready') sync()
    else if (name === 'session:end') line.fail(text)
    else if (name === 'room:events') {
      const { roomId, events } = payload as { roomId: string; events: readonly RoomEvent[] }
      if (!positions.takeEvents(roomId, events) && !isSyncing) sync()
      moved()
    }
  }

  return {
    take(bytes, from, to) {
      const text = bytes.toString('utf8', from, to)
      if (text === '2') line.text('3')
      else if (text.startsWith('0')) line.text(`40${JSON.stringify({ token, v: 1 })}`)
      else if (text.startsWith('42')) fact(text)
      else if (text.startsWith('43')) {
        const [reply] = JSON.parse(text.slice(text.indexOf('['))) as [SyncReply]
        synced(reply)
      } else if (text.startsWith('44')) {
        const { data } = JSON.parse(text.slice(2)) as { data?: { retryAfterMs?: number } }
        refused(data?.retryAfterMs)
        line.fail(text)
      } else if (!text.startsWith('40')) line.fail(`An unknown packet: ${text.slice(0, 100)}`)
    },
    send: (_room, _text, done) => done(false),
  }
}
