import type { Event, Room, RoomSync, ServerToClientEvents } from '@parley/message-schema'
import { RoomRecord } from '../log/room-record.ts'
import type { ChatApi } from '../rest/chat-api.ts'
import type { CatchUp } from './catch-up.ts'
import type { People } from './people.ts'

export interface ChatRoomsPorts {
  readonly api: Pick<ChatApi, 'myRooms' | 'room' | 'message' | 'messages' | 'members'>
  readonly people: People
  readonly myId: string
  /** Late bound: it asks us for positions, we ask it for what is missing. */
  readonly catchUp: () => CatchUp
  readonly changed: () => void
}

type Facts = Pick<
  ServerToClientEvents,
  'room:events' | 'room:heads' | 'room:added' | 'room:removed' | 'read:moved'
>

/** My rooms, kept at their heads by what the server tells and by asking for what it did not. */
export class ChatRooms {
  readonly records = new Map<string, RoomRecord>()
  readonly #ports: ChatRoomsPorts
  readonly #loading = new Map<string, Promise<unknown>>()

  constructor(ports: ChatRoomsPorts) {
    this.#ports = ports
  }

  readonly facts: Facts = {
    'room:events': ({ roomId, events }) => this.apply(roomId, events),
    'room:heads': (heads) => {
      for (const [roomId, head] of Object.entries(heads)) {
        const record = this.records.get(roomId)
        if (record === undefined) void this.#learn(roomId)
        else if (head > record.guard.position) this.#repair(roomId)
      }
    },
    'room:added': ({ roomId }) => void this.#learn(roomId),
    'room:removed': ({ roomId }) => this.drop(roomId),
    'read:moved': ({ roomId, userId, ...moved }) => {
      const record = this.records.get(roomId)
      if (userId !== this.#ports.myId || record === undefined) return
      record.moveRead(moved)
      this.#ports.changed()
    },
  }

  /** What changed in my memberships while nobody told us. */
  async refresh(): Promise<void> {
    const rooms = await this.#ports.api.myRooms()
    const mine = new Set(rooms.map(({ id }) => id))
    for (const roomId of this.records.keys()) if (!mine.has(roomId)) this.records.delete(roomId)
    for (const room of rooms) this.#take(room)
    this.#ports.changed()
  }

  add(room: Room): RoomRecord {
    const record = this.#take(room)
    this.#ports.changed()
    return record
  }

  drop(roomId: string): void {
    if (this.records.delete(roomId)) this.#ports.changed()
  }

  apply(roomId: string, events: readonly Event[]): void {
    const record = this.records.get(roomId)
    if (record === undefined) return void this.#learn(roomId)
    const due = record.guard.offer(events)
    if (record.guard.hasGap) this.#repair(roomId)
    if (due.length === 0) return
    const { mustAskUnread, membersChanged, sealed } = record.apply(due)
    if (sealed.length > 0) void this.#reload(roomId, sealed)
    // Asked for when somebody joins, a name is there before their first message.
    for (const event of due) {
      if (event.type === 'member:joined') this.#ports.people.name(event.data.userId)
    }
    if (mustAskUnread || membersChanged) void this.#learn(roomId)
    this.#ports.changed()
  }

  async #reload(roomId: string, seqs: readonly number[]): Promise<void> {
    for (const seq of new Set(seqs)) {
      const message = await this.#ports.api.message(roomId, seq).catch(() => undefined)
      if (message !== undefined) this.records.get(roomId)?.timeline.loadPage([message])
    }
    this.#ports.changed()
  }

  async reset(roomId: string, { reason }: Extract<RoomSync, { reset: true }>): Promise<void> {
    const record = this.records.get(roomId)
    if (record === undefined) return
    if (reason === 'not-member') return this.drop(roomId)
    const [room, page] = await Promise.all([
      this.#ports.api.room(roomId),
      this.#ports.api.messages(roomId),
    ])
    record.timeline.clear()
    record.timeline.loadPage(page.data)
    record.hasOlder = page.page.hasMoreBefore
    record.refresh(room)
    // Only of the same log may what came meanwhile go on after the page.
    if (reason === 'epoch' || reason === 'ahead') record.guard.forget(page.head)
    else record.apply(record.guard.restart(page.head))
    this.#ports.people.learn(page.data.map(({ sender }) => sender))
    this.#ports.changed()
  }

  /** The latest page, or the one before what is there. */
  async loadMessages(roomId: string): Promise<void> {
    const record = this.records.get(roomId)
    if (record === undefined || record.hasOlder === false) return
    await this.#once(`messages ${roomId}`, async () => {
      if (!record.isLoaded) await this.#learnMembers(roomId)
      const before = record.isLoaded ? record.timeline.oldestSeq : null
      const page = await this.#ports.api.messages(roomId, before ?? undefined)
      this.#ports.people.learn(page.data.map(({ sender }) => sender))
      record.timeline.loadPage(page.data)
      record.hasOlder = page.page.hasMoreBefore
      this.#ports.changed()
    })
  }

  /** Before messages are drawn, and for mentions of people who have not said anything yet. */
  async #learnMembers(roomId: string): Promise<void> {
    const members = await this.#ports.api.members(roomId)
    this.#ports.people.learn(members.map(({ userId, ...person }) => ({ id: userId, ...person })))
  }

  #take(room: Room): RoomRecord {
    const record = this.records.get(room.id)
    if (record !== undefined) {
      record.refresh(room)
      return record
    }
    const added = new RoomRecord(room, this.#ports.myId)
    this.records.set(room.id, added)
    return added
  }

  #repair(roomId: string): void {
    // A failed repair is asked for again by the next heads.
    void this.#ports
      .catchUp()
      .room(roomId)
      .catch(() => null)
  }

  /** A room that we were not told of before, or that is not what it was. */
  async #learn(roomId: string): Promise<void> {
    await this.#once(`room ${roomId}`, async () => {
      const room = await this.#ports.api.room(roomId).catch(() => null)
      if (room?.me !== undefined) this.add(room)
    })
  }

  async #once(what: string, run: () => Promise<void>): Promise<void> {
    const running = this.#loading.get(what)
    if (running !== undefined) return void (await running)
    const started = run().finally(() => this.#loading.delete(what))
    this.#loading.set(what, started)
    await started
  }
}
