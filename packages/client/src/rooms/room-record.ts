import type { Event, EventOf, ResetReason, Room } from '@parley/message-schema'
import type { RoomLog } from '../log/room-log.ts'
import { createStore, type WritableStore } from '../store.ts'
import { isSame } from './is-same.ts'
import { changeLine, type LatestLine } from './latest-line.ts'
import type { ReadMark } from './reading.ts'
import { changeInfo, mustReadAgain, tellsOfRoom, type RoomLimits } from './room-info.ts'
import { UnreadCount } from './unread-count.ts'

export interface RoomRecordPorts {
  readonly myId: () => string
  readonly limits: () => RoomLimits
  /** `publish` is to be called soon. */
  readonly changed: (record: RoomRecord) => void
  readonly mustReadInfo: (roomId: string) => void
  readonly mustReadLine: (roomId: string) => void
  readonly mustAskUnread: () => void
  readonly memberLeft: (roomId: string, userId: string) => void
}

type Counts = Pick<ReadMark, 'unread' | 'mentions'>

/** Kept to be told again to an answer that was on its way while they came. */
const RECENT = 30
const NOTHING_READ: ReadMark = { readSeq: 0, unread: 0, mentions: 0 }

/** What is known of one room beside its messages. Of one that is not mine, nothing. */
export class RoomRecord {
  readonly roomId: string
  readonly log: RoomLog
  readonly info: WritableStore<Room | null> = createStore<Room | null>(null)
  readonly mark: WritableStore<ReadMark> = createStore(NOTHING_READ)
  readonly membersRevision: WritableStore<number> = createStore(0)
  /** `undefined`: not known. */
  line: LatestLine | null | undefined = undefined
  /** The words of the line may have changed. */
  isLineOld = false
  /** Of the latest event, where the latest message is not known. */
  activeTs: string | null = null
  /** Where I have moved my cursor to, and the server has not confirmed it. */
  pendingRead: number | null = null
  /** Goes up with each move of the cursor. */
  readRevision = 0
  #room: Room | null = null
  #count: UnreadCount
  #confirmedRead = 0
  #memberChanges = 0
  #recent: Event[] = []
  /** Events up to here may be missing from `#recent`. */
  #recentAfter = 0
  /** The head of the first answer. */
  #answeredAt = 0
  readonly #ports: RoomRecordPorts

  constructor(log: RoomLog, ports: RoomRecordPorts) {
    this.roomId = log.roomId
    this.log = log
    this.#ports = ports
    this.#count = new UnreadCount(() => '', 0, 0)
    log.follow({
      events: (events) => this.#apply(events),
      reset: (head, reason) => this.#reset(head, reason),
    })
  }

  get isMine(): boolean {
    return this.#room !== null
  }

  get readSeq(): number {
    return this.#count.readSeq
  }

  get isExact(): boolean {
    return this.#count.counts.isExact
  }

  get isLineKnown(): boolean {
    return !this.isMine || (this.line !== undefined && !this.isLineOld)
  }

  /** The last events before our place in the log, where no message is known: for the line alone. */
  glance(events: readonly Event[]): void {
    if (this.line !== undefined || this.#room === null) return
    for (const event of events) {
      this.activeTs = event.ts
      if (this.line !== undefined || event.type === 'message:created') this.#changeLine(event)
    }
    this.#changed()
  }

  /** The room as the server has answered it: it may be older or newer than our place in its log. */
  take(answer: Room): void {
    const { me, head } = answer
    const { position } = this.log
    // An answer may be older than the news that it is mine no more.
    if (me === undefined || position === null) return
    if (this.#room === null) {
      this.#room = answer
      // Who has read the list before may have missed what was told since.
      this.#memberChanges += 1
      this.#answeredAt = head
      this.#recent = []
      this.#recentAfter = position
      this.#count = new UnreadCount(this.#ports.myId, position, me.readSeq)
      this.#confirmedRead = me.readSeq
      this.#count.tellRoughly(me, head)
    } else {
      this.#room = this.#recent.reduce((room, event) => this.#fold(room, event), answer)
      // A lower cursor may be older than a move of mine, or newer: who is asked for all tells.
      if (!this.isExact && me.readSeq >= this.readSeq) this.takeRead(me, head, head)
    }
    if (head < this.#recentAfter) this.#ports.mustReadInfo(this.roomId)
    this.#changed()
  }

  /** My cursor as the server has it, counted not before `from`. Older than a move of mine it is void. */
  takeRead(state: Counts & { readSeq: number }, from: number, assumed: number): void {
    if (!this.#adopt(state.readSeq)) return
    if (!this.isExact) this.#count.tellRoughly(state, from, assumed)
    this.#changed()
  }

  /** Counted at the very head `at`. Without `readSeq` the cursor is not known, and nothing is unread. */
  takeUnread(state: Counts & { readSeq?: number }, at: number): void {
    // What I take for unread was read on another device while I was away.
    const isElsewhere = state.readSeq === undefined && this.#count.counts.unread > 0
    const readSeq = isElsewhere ? Math.max(this.readSeq, at) : state.readSeq
    if (readSeq !== undefined && !this.#adopt(readSeq)) return
    this.#count.tell(state, at)
    this.#changed()
  }

  /** The cursor may have been moved elsewhere. */
  doubt(): void {
    this.#count.doubt()
    this.#ports.mustAskUnread()
  }

  /** At once, before the server knows. */
  moveRead(upTo: number): void {
    this.pendingRead = upTo
    this.#moveTo(upTo)
    this.publish()
    this.#changed()
  }

  /** The server has refused what was moved. */
  takeBackRead(): void {
    this.pendingRead = null
    this.#moveTo(this.#confirmedRead)
    this.#changed()
  }

  /** Puts into the stores what has changed since. */
  publish(): void {
    const room = this.#room
    if (room?.me === undefined) {
      this.info.set(null)
      this.mark.set(NOTHING_READ)
      return
    }
    const { unread, mentions, isExact } = this.#count.counts
    const mark = { readSeq: this.readSeq, unread, mentions }
    const me = { ...room.me, ...mark }
    if (!isSame(room.me, me)) this.#room = { ...room, me }
    this.info.set(this.#room)
    if (!isSame(this.mark.current, mark)) this.mark.set(mark)
    this.membersRevision.set(this.#memberChanges)
    // The answer to the move will tell.
    if (!isExact && this.pendingRead === null) this.#ports.mustAskUnread()
  }

  #adopt(readSeq: number): boolean {
    if (this.pendingRead !== null && readSeq < this.pendingRead) return false
    this.#confirmedRead = readSeq
    if (this.pendingRead !== null && readSeq >= this.pendingRead) this.pendingRead = null
    this.#moveTo(readSeq)
    return true
  }

  #moveTo(readSeq: number): void {
    if (readSeq === this.readSeq) return
    this.#count.readSeq = readSeq
    this.readRevision += 1
  }

  #apply(events: readonly Event[]): void {
    if (this.#room === null) return
    let isLineTold = true
    for (const event of events) {
      this.#count.apply(event)
      this.#room = this.#fold(this.#room, event)
      if (this.line !== undefined || event.type === 'message:created')
        isLineTold = this.#changeLine(event) && isLineTold
      // It may be of the line, which is not known.
      else if (event.ref !== undefined) this.isLineOld = true
      if (tellsOfRoom(event)) this.#remember(event)
      if (event.type === 'member:joined') this.#cameBack(event)
      if (event.type === 'member:left') this.#ports.memberLeft(this.roomId, event.data.userId)
    }
    if (!isLineTold) this.#ports.mustReadLine(this.roomId)
    this.#changed()
  }

  /** I was out for a while and did not hear of it: what was said before is history, not unread. */
  #cameBack({ seq, data }: EventOf<'member:joined'>): void {
    if (data.userId !== this.#ports.myId()) return
    if (this.#room?.settings.history === 'since-join') this.#count.eraseTo(seq - 1)
    // An answer that knew of it knew my cursor too, which I may have set back since, elsewhere.
    if (seq <= Math.max(this.readSeq, this.#answeredAt)) return
    this.pendingRead = null
    this.#confirmedRead = seq
    this.#moveTo(seq)
  }

  #fold(room: Room, event: Event): Room {
    const { myId, limits, mustReadInfo } = this.#ports
    if (mustReadAgain(room, event, myId())) mustReadInfo(this.roomId)
    return changeInfo(room, event, myId(), limits())
  }

  /** Answers whether the event tells what the line says now. */
  #changeLine(event: Event): boolean {
    const line = changeLine(this.line ?? null, event)
    if (line === undefined) this.isLineOld = true
    else this.line = line
    return line !== undefined
  }

  #remember(event: Event): void {
    if (event.type !== 'room:updated') this.#memberChanges += 1
    this.#recent.push(event)
    if (this.#recent.length > RECENT) this.#recentAfter = this.#recent.shift()?.seq ?? 0
  }

  #reset(head: number, reason: ResetReason): void {
    if (this.#room === null) return
    const { mustReadInfo, mustReadLine } = this.#ports
    this.#recent = []
    this.#recentAfter = head
    this.#answeredAt = 0
    this.#memberChanges += 1
    if (reason === 'too-far') this.#count.restart(head)
    else {
      this.#count.replace(head)
      this.pendingRead = null
      this.#room = { ...this.#room, head }
    }
    // It stays in its place until it is read anew.
    this.isLineOld = reason !== 'not-member'
    if (!this.isLineOld) {
      this.#room = null
      this.line = undefined
      this.activeTs = null
    } else {
      mustReadInfo(this.roomId)
      mustReadLine(this.roomId)
    }
    this.#changed()
  }

  #changed(): void {
    this.#ports.changed(this)
  }
}
