import { LIMITS, type ReadMoved, type RoomSign, type Typing } from '@parley/message-schema'
import { Receipts } from './receipts.ts'
import { Typists } from './typists.ts'

export interface RoomSignsPorts {
  /** Of a room whose events are delivered here; `undefined` if it is none, or if it is not known. */
  readonly memberCount: (roomId: string) => number | undefined
  readonly hasLocalMembers: (roomId: string) => boolean
  /** To the live local sockets of the room, but those of these users. What cannot be sent is lost. */
  readonly emitTyping: (fact: Typing, exceptUserIds: Iterable<string>) => void
  readonly emitRead: (fact: ReadMoved, exceptUserIds: Iterable<string>) => void
  /** To the live sockets in the room of one local user. */
  readonly emitTypingTo: (userId: string, fact: Typing) => void
}

interface SignsOfRoom {
  readonly typists: Typists
  readonly receipts: Receipts
  toldAtMs: number
  heardAtMs: number
}

/** A room is told at most so often, whoever types and reads in it. */
const TELL_EVERY_MS = 1_000
/** Positions that were told are remembered so long: afterwards one may be told twice. */
const FORGET_AFTER_MS = 60_000

/**
 * Gathers the signs of rooms that have sockets here, and tells those sockets. Membership is this
 * gateway's own, in the order of the log: whoever was removed is told nothing more (C8).
 */
export class RoomSigns {
  readonly #ports: RoomSignsPorts
  readonly #rooms = new Map<string, SignsOfRoom>()

  constructor(ports: RoomSignsPorts) {
    this.#ports = ports
  }

  hear({ roomId, typing, read }: RoomSign, nowMs: number): void {
    if (!this.#ports.hasLocalMembers(roomId)) return
    const members = this.#ports.memberCount(roomId) ?? 0
    const room = this.#roomOf(roomId, nowMs)
    room.heardAtMs = nowMs
    if (typing !== undefined && (members <= LIMITS.typingMembers || !typing.on)) {
      room.typists.set(typing.userId, typing.on, typing.threadId, nowMs)
    }
    if (read !== undefined && members <= LIMITS.receiptMembers) {
      room.receipts.set(read.userId, read.readSeq)
    }
    if (nowMs - room.toldAtMs >= TELL_EVERY_MS) this.#tell(roomId, room, nowMs)
  }

  /** Whoever has said it types it no more. */
  spoke(roomId: string, userIds: Iterable<string>, nowMs: number): void {
    const room = this.#rooms.get(roomId)
    if (room === undefined) return
    for (const userId of userIds) room.typists.set(userId, false, undefined, nowMs)
  }

  /** Whoever left neither types nor reads here. */
  memberLeft(roomId: string, userId: string, nowMs: number): void {
    const room = this.#rooms.get(roomId)
    room?.receipts.forget(userId)
    room?.typists.set(userId, false, undefined, nowMs)
  }

  /** A few times a second. */
  tick(nowMs: number): void {
    for (const [roomId, room] of this.#rooms) {
      room.typists.expire(nowMs)
      if (nowMs - room.toldAtMs >= TELL_EVERY_MS) this.#tell(roomId, room, nowMs)
      const isQuiet = room.typists.isSilent && !room.receipts.hasNews
      if (isQuiet && nowMs - room.heardAtMs > FORGET_AFTER_MS) this.#rooms.delete(roomId)
    }
  }

  #roomOf(roomId: string, nowMs: number): SignsOfRoom {
    const known = this.#rooms.get(roomId)
    if (known !== undefined) return known
    const fresh: SignsOfRoom = {
      typists: new Typists(roomId),
      receipts: new Receipts(),
      toldAtMs: nowMs - TELL_EVERY_MS,
      heardAtMs: nowMs,
    }
    this.#rooms.set(roomId, fresh)
    return fresh
  }

  #tell(roomId: string, room: SignsOfRoom, nowMs: number): void {
    const typing = room.typists.take()
    const reads = room.receipts.take()
    if (typing === undefined && reads.length === 0) return
    room.toldAtMs = nowMs
    if (typing !== undefined) {
      const concerned = room.typists.concerned(typing)
      this.#ports.emitTyping(typing, concerned)
      for (const userId of concerned) {
        const own = room.typists.without(userId, typing)
        if (own !== undefined) this.#ports.emitTypingTo(userId, own)
      }
    }
    for (const [userId, readSeq] of reads) {
      this.#ports.emitRead({ roomId, userId, readSeq }, [userId])
    }
  }
}
