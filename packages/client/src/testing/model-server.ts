import type { Event, Room, SyncResult } from '@parley/message-schema'

interface Part {
  readonly visibleFrom: number
  readSeq: number
  role: string
}

interface ModelRoom {
  readonly id: string
  readonly sinceJoin: boolean
  name: string
  log: Event[]
  parts: Map<string, Part>
  /** Who was mentioned by which message; `*` is everybody. */
  mentions: Map<number, ReadonlySet<string>>
}

type Draft = Extract<Event, { type: 'message:created' }>['data']
type NewEvent = Pick<Event, 'type' | 'data'> & { readonly ref?: number; readonly msgNo?: number }

const NONE = { before: null, after: null, hasMoreBefore: false, hasMoreAfter: false } as const

/** Rooms as docs/protocol.md has them, in memory. `changed` is told of each new event. */
export class ModelServer {
  epoch = 1
  readonly rooms = new Map<string, ModelRoom>()
  /** Events of one `sync` answer. */
  syncEvents = 2_000
  changed: (roomId: string, event: Event) => void = () => undefined
  added: (roomId: string, userId: string, head: number) => void = () => undefined
  removed: (roomId: string, userId: string) => void = () => undefined
  read: (roomId: string, userId: string) => void = () => undefined
  #clock = Date.parse('2026-01-01T00:00:00.000Z')

  create(id: string, founder: string, sinceJoin = false): void {
    const room: ModelRoom = {
      id,
      sinceJoin,
      name: id,
      log: [],
      parts: new Map(),
      mentions: new Map(),
    }
    this.rooms.set(id, room)
    this.#append(room, founder, { type: 'room:updated', data: { name: id } })
    this.join(id, founder, 'owner')
  }

  join(roomId: string, userId: string, role = 'member'): void {
    const room = this.#room(roomId)
    if (room.parts.has(userId)) return
    const head = room.log.length
    const seq = head + 1
    room.parts.set(userId, { visibleFrom: room.sinceJoin ? seq : 1, readSeq: seq, role })
    this.added(roomId, userId, head)
    this.#append(room, userId, { type: 'member:joined', data: { userId, role } })
  }

  leave(roomId: string, userId: string): void {
    const room = this.#room(roomId)
    if (!room.parts.delete(userId)) return
    this.#append(room, userId, { type: 'member:left', data: { userId, reason: 'left' } })
    this.removed(roomId, userId)
  }

  /** `here`: who is there, for `mentionAll: 'here'`. */
  send(roomId: string, userId: string, draft: Draft, here: readonly string[] = []): number {
    const room = this.#room(roomId)
    const named = draft.mentionAll === 'here' ? here : []
    const mentions = draft.mentionAll === 'room' ? ['*'] : [...(draft.mentions ?? []), ...named]
    room.mentions.set(room.log.length + 1, new Set(mentions))
    const msgNo = room.log.filter(({ type }) => type === 'message:created').length + 1
    return this.#append(room, userId, { type: 'message:created', msgNo, data: draft })
  }

  edit(roomId: string, userId: string, ref: number, text: string): void {
    const data = { version: this.#room(roomId).log.length, text }
    this.#append(this.#room(roomId), userId, { type: 'message:updated', ref, data })
  }

  delete(roomId: string, userId: string, ref: number): void {
    const room = this.#room(roomId)
    const message = room.log[ref - 1]
    if (message?.type !== 'message:created' || message.data.deleted === true) return
    room.log[ref - 1] = { ...message, data: { type: 'text', deleted: true } }
    room.mentions.delete(ref)
    this.#append(room, userId, { type: 'message:deleted', ref, data: {} })
  }

  rename(roomId: string, userId: string, name: string): void {
    this.#room(roomId).name = name
    this.#append(this.#room(roomId), userId, { type: 'room:updated', data: { name } })
  }

  setRole(roomId: string, by: string, userId: string, role: string): void {
    const part = this.#room(roomId).parts.get(userId)
    if (part === undefined) return
    part.role = role
    this.#append(this.#room(roomId), by, { type: 'member:updated', data: { userId, role } })
  }

  setRead(roomId: string, userId: string, upTo: number, mode = 'forward') {
    const room = this.#room(roomId)
    const part = room.parts.get(userId)
    if (part === undefined) return { error: 'NOT_MEMBER' as const }
    if (upTo > room.log.length)
      return { error: 'CURSOR_AHEAD' as const, details: { head: room.log.length } }
    part.readSeq = mode === 'set' ? upTo : Math.max(part.readSeq, upTo)
    this.read(roomId, userId)
    return { readSeq: part.readSeq, ...this.unread(roomId, userId) }
  }

  /** The database is taken back: the last events of every room are gone, with what they did. */
  restore(events: number): void {
    this.epoch += 1
    for (const room of this.rooms.values()) {
      const length = Math.max(2, room.log.length - events)
      room.log = room.log.slice(0, length)
      const cursors = new Map([...room.parts].map(([id, { readSeq }]) => [id, readSeq]))
      room.parts.clear()
      for (const event of room.log) this.#takePart(room, event)
      for (const [userId, part] of room.parts)
        part.readSeq = Math.min(length, cursors.get(userId) ?? part.readSeq)
      for (const seq of room.mentions.keys()) if (seq > length) room.mentions.delete(seq)
    }
  }

  #takePart({ sinceJoin, parts }: ModelRoom, event: Event): void {
    const { seq } = event
    if (event.type === 'member:left') parts.delete(event.data.userId)
    if (event.type === 'member:joined') {
      const { userId, role } = event.data
      parts.set(userId, { visibleFrom: sinceJoin ? seq : 1, readSeq: seq, role })
    }
    if (event.type !== 'member:updated') return
    const part = parts.get(event.data.userId)
    if (part !== undefined) part.role = event.data.role
  }

  head(roomId: string): number {
    return this.#room(roomId).log.length
  }

  isMember(roomId: string, userId: string): boolean {
    return this.rooms.get(roomId)?.parts.has(userId) === true
  }

  roomsOf(userId: string): string[] {
    return [...this.rooms.keys()].filter((roomId) => this.isMember(roomId, userId))
  }

  unread(roomId: string, userId: string): { unread: number; mentions: number } {
    const room = this.#room(roomId)
    const part = room.parts.get(userId)
    let [unread, mentions] = [0, 0]
    const start = Math.max(part?.readSeq ?? 0, (part?.visibleFrom ?? 1) - 1)
    for (const event of room.log.slice(start)) {
      if (event.type !== 'message:created' || event.actor.id === userId) continue
      if (event.data.deleted === true || event.msgNo === undefined) continue
      unread += 1
      const named = room.mentions.get(event.seq)
      if (named?.has('*') === true || named?.has(userId) === true) mentions += 1
    }
    return { unread, mentions }
  }

  describe(roomId: string, userId: string): Room {
    const room = this.#room(roomId)
    const part = room.parts.get(userId)
    return {
      id: roomId,
      kind: 'room',
      name: room.name,
      visibility: 'public',
      topic: null,
      avatarUrl: null,
      head: room.log.length,
      lastMsgNo: room.log.filter(({ msgNo }) => msgNo !== undefined).length,
      memberCount: room.parts.size,
      frozen: false,
      archived: false,
      features: { typing: true, readReceipts: 'people', notifyAll: true },
      settings: {
        history: room.sinceJoin ? 'since-join' : 'all',
        slowModeS: 0,
        retentionDays: null,
        roleOverrides: null,
      },
      createdAt: new Date(this.#clock).toISOString(),
      ...(part !== undefined && {
        me: {
          role: part.role,
          permissions: [],
          readSeq: part.readSeq,
          ...this.unread(roomId, userId),
          mutedUntil: null,
          notify: 'all' as const,
        },
      }),
    }
  }

  sync(userId: string, asked: Readonly<Record<string, number>>, epoch?: number): SyncResult {
    const rooms: SyncResult['rooms'] = {}
    let left = this.syncEvents
    let isMore = false
    const isSame = epoch === undefined || epoch === this.epoch
    for (const [roomId, since] of Object.entries(asked)) {
      const room = this.rooms.get(roomId)
      const part = room?.parts.get(userId)
      if (room === undefined || part === undefined) {
        rooms[roomId] = { reset: true, head: 0, reason: 'not-member' }
        continue
      }
      const head = room.log.length
      const from = Math.min(head, Math.max(since, part.visibleFrom - 1))
      if (!isSame) rooms[roomId] = { reset: true, head, reason: 'epoch' }
      else if (since > head) rooms[roomId] = { reset: true, head, reason: 'ahead' }
      else if (head - from > this.syncEvents)
        rooms[roomId] = { reset: true, head, reason: 'too-far' }
      else if (head - from > left) isMore = true
      else {
        left -= head - from
        rooms[roomId] = { from, to: head, head, events: room.log.slice(from) }
      }
    }
    return { rooms, epoch: this.epoch, ...(isMore && { more: true as const }) }
  }

  /** Answers as REST does; `null`: there is no such route here. */
  answer(userId: string, route: string, input: Record<string, Record<string, unknown>>): unknown {
    const roomId = String(input['params']?.['id'])
    switch (route) {
      case 'GET /v1/rooms': {
        const ids = input['query']?.['archived'] === 'true' ? [] : this.roomsOf(userId)
        return { data: ids.map((id) => this.describe(id, userId)), page: NONE }
      }
      case 'GET /v1/rooms/:id':
        return { room: this.describe(roomId, userId) }
      case 'POST /v1/sync': {
        const asked = input['body']?.['rooms'] as Record<string, number> | undefined
        const heads = this.roomsOf(userId).map((id): [string, number] => [id, this.head(id)])
        return this.sync(userId, asked ?? Object.fromEntries(heads))
      }
      case 'GET /v1/me/unread':
        return this.#unreadList(userId)
      case 'GET /v1/rooms/:id/messages':
        return { data: [], page: NONE, head: this.head(roomId) }
      case 'GET /v1/rooms/:id/receipts':
        return { data: this.#cursors(roomId), page: NONE, mode: 'people' }
      default:
        return null
    }
  }

  #cursors(roomId: string): { userId: string; readSeq: number }[] {
    const parts = [...this.#room(roomId).parts]
    return parts.map(([userId, { readSeq }]) => ({ userId, readSeq }))
  }

  #unreadList(userId: string) {
    const data = this.roomsOf(userId).map((roomId) => ({
      roomId,
      head: this.head(roomId),
      readSeq: this.#room(roomId).parts.get(userId)?.readSeq ?? 0,
      ...this.unread(roomId, userId),
    }))
    const named = data.filter(({ unread }) => unread > 0)
    const sum = (of: 'unread' | 'mentions') => named.reduce((all, row) => all + row[of], 0)
    const total = { rooms: named.length, unread: sum('unread'), mentions: sum('mentions') }
    return { data: named, total }
  }

  #room(roomId: string): ModelRoom {
    const room = this.rooms.get(roomId)
    if (room === undefined) throw new Error(`There is no room ${roomId}.`)
    return room
  }

  #append(room: ModelRoom, actorId: string, event: NewEvent): number {
    this.#clock += 1_000
    const seq = room.log.length + 1
    const ts = new Date(this.#clock).toISOString()
    const whole = { seq, ts, actor: { id: actorId, kind: 'user' }, ...event } as Event
    room.log.push(whole)
    this.changed(room.id, whole)
    return seq
  }
}
