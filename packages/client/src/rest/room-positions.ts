import type { SyncResult } from '@parley/message-schema'
import type { FollowRoomsPorts } from './follow-rooms.ts'

export interface RoomPositions {
  readonly has: (roomId: string) => boolean
  readonly all: () => readonly string[]
  readonly of: (roomIds: readonly string[]) => Record<string, number>
  /** What a poll brought becomes facts. Answers whether there was something. */
  readonly take: (answer: SyncResult) => boolean
  /** It goes on after this answer, which somebody else is told. */
  readonly adopt: (answer: SyncResult, isOfAll: boolean) => void
  /** All my rooms as they are now: what came and went becomes facts. Answers whether some came. */
  readonly compare: (all: SyncResult) => boolean
}

type Ports = Pick<FollowRoomsPorts, 'fact' | 'epoch' | 'restored' | 'lost'>

/** How far each of my rooms was told. A room without an entry is not mine. */
export function createRoomPositions(ports: Ports, heads: SyncResult): RoomPositions {
  const { fact, epoch, restored, lost } = ports
  const positions = new Map<string, number>()

  function set(roomId: string, room: SyncResult['rooms'][string]): void {
    if (!('reset' in room)) positions.set(roomId, room.to)
    else if (room.reason === 'not-member') positions.delete(roomId)
    else positions.set(roomId, room.head)
  }

  function add(roomId: string, head: number): void {
    positions.set(roomId, head)
    fact('room:added', { roomId, head })
  }

  function remove(roomId: string): void {
    if (positions.delete(roomId)) fact('room:removed', { roomId })
  }

  function removeAllBut(rooms: SyncResult['rooms']): void {
    for (const roomId of positions.keys()) if (!Object.hasOwn(rooms, roomId)) remove(roomId)
  }

  function takeRoom(roomId: string, room: SyncResult['rooms'][string]): boolean {
    const position = positions.get(roomId)
    if (position === undefined) return false
    if ('reset' in room) {
      if (room.reason === 'not-member') remove(roomId)
      else if (room.reason === 'too-far') lost()
      else restored()
      return true
    }
    const { from, to, head, events } = room
    if (from > position) {
      // I was out and am in again, and may see only what is later.
      remove(roomId)
      add(roomId, from)
    }
    positions.set(roomId, to)
    if (events.length > 0) fact('room:events', { roomId, head, events })
    return from > position || events.length > 0
  }

  for (const [roomId, room] of Object.entries(heads.rooms)) set(roomId, room)

  return {
    has: (roomId) => positions.has(roomId),
    all: () => [...positions.keys()],
    of: (roomIds) => Object.fromEntries(roomIds.map((id) => [id, positions.get(id) ?? 0])),
    take(answer) {
      if (answer.epoch !== epoch) {
        restored()
        return true
      }
      let isNews = false
      for (const [roomId, room] of Object.entries(answer.rooms)) {
        isNews = takeRoom(roomId, room) || isNews
      }
      return isNews
    },
    adopt({ rooms }, isOfAll) {
      for (const [roomId, room] of Object.entries(rooms)) set(roomId, room)
      if (isOfAll) removeAllBut(rooms)
    },
    compare(all) {
      if (all.epoch !== epoch) {
        restored()
        return false
      }
      removeAllBut(all.rooms)
      const fresh = Object.entries(all.rooms).filter(([roomId]) => !positions.has(roomId))
      for (const [roomId, { head }] of fresh) add(roomId, head)
      return fresh.length > 0
    },
  }
}
