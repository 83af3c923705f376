import type { HistoryLine, OperationLine, ReaderLine } from '../history/history-line.ts'
import { integerBetween } from '../seeded-random.ts'
import { anEvent, lineOf, type SomeEvent } from './write-lines.ts'

export interface ModelReader {
  readonly id: string
  readonly userId: string
  isOn: boolean
}

interface ModelPorts {
  readonly roomId: string
  readonly history: string
  readonly members: readonly string[]
  readonly readers: readonly ModelReader[]
  readonly write: (line: HistoryLine) => void
  readonly clock: { nowMs: number }
  readonly random: () => number
}

interface ModelMember {
  readonly joinedSeq: number
  readonly visibleFrom: number
  readSeq: number
}

const { asked, handed, told, seen, row } = lineOf

const ALL = '@room'

/** People look at, and come back to, what was said lately: a long history stays as cheap a step as a short one. */
const LATELY = 200

/** A room that does what docs/protocol.md says, and writes down what is seen of it. */
export class ModelRoom {
  readonly #ports: ModelPorts
  readonly #log: SomeEvent[] = []
  readonly #keys = new Map<number, string>()
  readonly #texts = new Map<number, string>()
  readonly #versions = new Map<number, number>()
  readonly #deleted = new Set<number>()
  /** Of messages: who is mentioned, and was a member when it was said. */
  readonly #named = new Map<number, string>()
  readonly #members = new Map<string, ModelMember>()
  /** The position of each reader that is in the room. */
  readonly #places = new Map<string, number>()
  #asked = 0
  #spans = 0
  #msgNo = 0

  constructor(ports: ModelPorts) {
    this.#ports = ports
    const [founder = 'ann'] = ports.members
    this.#append('room:updated', founder, { history: ports.history })
    for (const userId of ports.members) this.#enter(userId, founder, 1)
    this.#deliver()
  }

  members(): string[] {
    return [...this.#members.keys()]
  }

  messagesOf(userId: string): number[] {
    const from = this.#members.get(userId)?.visibleFrom ?? Infinity
    return this.#log
      .slice(-LATELY)
      .filter(({ type, actor, seq }) => {
        const isOwn = (actor as { id: string }).id === userId && !this.#deleted.has(seq)
        return type === 'message:created' && isOwn && seq >= from
      })
      .map(({ seq }) => seq)
  }

  send(userId: string): void {
    const text = `${userId} says ${this.#asked}`
    const { members } = this.#ports
    const named = members[this.#asked % (2 * members.length)]
    const isAll = this.#asked % 7 === 0
    const all = isAll ? { mentionAll: 'room' } : {}
    const data = { type: 'text', text, ...(named !== undefined && { mentions: [named] }), ...all }
    this.#ask(userId, { op: 'send', value: text }, () => {
      this.#msgNo += 1
      const seq = this.#append('message:created', userId, data, { msgNo: this.#msgNo })
      this.#texts.set(seq, text)
      if (isAll) this.#named.set(seq, ALL)
      else if (named !== undefined && this.#members.has(named)) this.#named.set(seq, named)
      return seq
    })
  }

  edit(userId: string, ref: number): void {
    const text = `${userId} edits ${this.#asked}`
    const version = (this.#versions.get(ref) ?? 0) + 1
    this.#versions.set(ref, version)
    const data = this.#ports.history === 'all' ? { version, text } : { version, text, sealed: true }
    this.#ask(userId, { op: 'edit', value: text, ref }, () =>
      this.#append('message:updated', userId, data, { ref }),
    )
  }

  erase(userId: string, ref: number): void {
    this.#ask(userId, { op: 'delete', ref }, () => {
      this.#deleted.add(ref)
      return this.#append('message:deleted', userId, {}, { ref })
    })
  }

  refuse(userId: string): void {
    const { clock, write } = this.#ports
    write(
      asked({
        process: `ws-${userId}`,
        op: 'send',
        key: this.#key(),
        value: 'not that',
        roomId: this.#ports.roomId,
        invokedMs: clock.nowMs,
        type: 'fail',
        error: 'REJECTED',
      }),
    )
  }

  read(userId: string): void {
    const { clock, write, roomId, random } = this.#ports
    const member = this.#members.get(userId)
    if (member === undefined) return
    const upTo = integerBetween(random, 0, this.#log.length)
    member.readSeq = Math.max(member.readSeq, upTo)
    const result = { readSeq: member.readSeq }
    const read = { process: `ws-${userId}`, op: 'read', roomId, value: upTo, result } as const
    write(asked({ ...read, invokedMs: clock.nowMs }))
  }

  join(userId: string): void {
    const { history, readers, roomId } = this.#ports
    const head = this.#log.length
    this.#enter(userId, userId, history === 'all' ? 1 : head + 1)
    for (const reader of readers) {
      if (reader.userId !== userId || !reader.isOn) continue
      this.#places.set(reader.id, head)
      this.tell(reader, 'starts', { roomId, seq: head })
    }
    this.#deliver()
  }

  leave(userId: string): void {
    const { clock, write, readers, roomId } = this.#ports
    this.#append('member:left', userId, { userId, reason: 'left' })
    this.#members.delete(userId)
    write(asked({ process: `ws-${userId}`, op: 'leave', roomId, invokedMs: clock.nowMs }))
    clock.nowMs += 3
    for (const reader of readers) {
      if (reader.userId === userId && this.#places.delete(reader.id)) {
        this.tell(reader, 'removed', { roomId })
      }
    }
    this.#deliver()
  }

  /** What its user may see, as it is now: at the end all of it, before that what is new. */
  readPage(userId: string, by: 'page' | 'final' = 'page'): void {
    const { clock, write, roomId } = this.#ports
    const first = by === 'page' ? this.#log.length - LATELY : 0
    const from = Math.max(this.#members.get(userId)?.visibleFrom ?? Infinity, first)
    const times = { askedMs: clock.nowMs, atMs: clock.nowMs + 2 }
    this.#spans += 1
    const where = { reader: `http-${userId}`, roomId, by, span: this.#spans, via: 'http' } as const
    for (const event of this.#log.slice(Math.max(0, Math.min(from, this.#log.length + 1) - 1))) {
      write(handed(this.#shown(event), { ...where, ...times }))
    }
  }

  tell(reader: ModelReader, what: ReaderLine['what'], more: Partial<ReaderLine> = {}): void {
    this.#ports.write(told(reader.id, what, this.#ports.clock.nowMs, more))
  }

  /** What a reader missed, as it is now; where it is in a room that it does not know, from there on. */
  catchUp(reader: ModelReader): void {
    const { clock, write, roomId } = this.#ports
    const member = this.#members.get(reader.userId)
    if (member === undefined) return
    const known = this.#places.get(reader.id)
    const place = Math.max(known ?? this.#log.length - LATELY, member.visibleFrom - 1)
    if (known !== place) this.tell(reader, 'starts', { roomId, seq: place })
    const how = { reader: reader.id, roomId, by: 'sync', askedMs: clock.nowMs } as const
    for (const event of this.#log.slice(place)) {
      write(handed(this.#shown(event), { ...how, atMs: clock.nowMs + 1 }))
    }
    this.#places.set(reader.id, this.#log.length)
  }

  readFinally(): void {
    const { clock, write, roomId } = this.#ports
    for (const [userId, { readSeq, visibleFrom }] of this.#members) {
      this.readPage(userId, 'final')
      const after = Math.max(readSeq, visibleFrom - 1)
      const unread = this.#log.filter(({ type, seq, actor }) => {
        const isOther = (actor as { id: string }).id !== userId && !this.#deleted.has(seq)
        return type === 'message:created' && seq > after && isOther
      })
      const mentions = unread.filter(({ seq }) =>
        [userId, ALL].includes(this.#named.get(seq) ?? ''),
      )
      const about = { roomId, value: { unread: unread.length, mentions: mentions.length } }
      write(seen('unread', userId, clock.nowMs, about))
    }
  }

  dump(): void {
    const { write, roomId, history } = this.#ports
    const members = [...this.#members].map(([userId, { joinedSeq, readSeq }]) => ({
      userId,
      joinedSeq,
      readSeq,
    }))
    const head = this.#log.length
    write({ kind: 'room', roomId, head, lastMsgNo: this.#msgNo, history, members })
    for (const event of this.#log) {
      write(row(roomId, this.#asRow(event), this.#keys.get(event.seq) ?? null))
    }
  }

  #key(): string {
    this.#asked += 1
    return `${this.#ports.roomId} ${this.#asked}`
  }

  /** One in four is asked for twice: the first answer is lost. */
  #ask(
    userId: string,
    what: { op: OperationLine['op']; value?: string; ref?: number },
    append: () => number,
  ): void {
    const { clock, write, roomId, random } = this.#ports
    const isLost = random() < 0.25
    const all = { process: `ws-${userId}`, roomId, key: this.#key(), ...what }
    const invokedMs = clock.nowMs
    const seq = append()
    this.#keys.set(seq, all.key)
    if (isLost) write(asked({ ...all, invokedMs, type: 'info' }))
    else write(asked({ ...all, invokedMs, result: { seq } }))
    this.#deliver()
    if (!isLost) return
    const again = { attempt: 1, invokedMs: clock.nowMs + 1, result: { seq, dup: true } }
    write(asked({ ...all, ...again }))
    clock.nowMs += 4
  }

  #append(
    type: string,
    by: string,
    data: object,
    more: { ref?: number; msgNo?: number } = {},
  ): number {
    const seq = this.#log.length + 1
    this.#log.push(anEvent(seq, type, { by, data: data as Record<string, unknown>, ...more }))
    return seq
  }

  #enter(userId: string, by: string, visibleFrom: number): void {
    const seq = this.#append('member:joined', by, { userId, role: 'member' })
    this.#members.set(userId, { joinedSeq: seq, visibleFrom, readSeq: seq })
  }

  /** Pushes to every reader that is there what it has not got. */
  #deliver(): void {
    const { clock, write, readers, roomId } = this.#ports
    clock.nowMs += 3
    for (const reader of readers) {
      if (!reader.isOn || !this.#members.has(reader.userId)) continue
      let place = this.#places.get(reader.id)
      if (place === undefined) {
        const from = this.#members.get(reader.userId)?.visibleFrom ?? 1
        place = Math.max(0, this.#log.length - LATELY, from - 1)
        this.tell(reader, 'starts', { roomId, seq: place })
      }
      for (const event of this.#log.slice(place)) {
        write(handed(this.#shown(event), { reader: reader.id, roomId, atMs: clock.nowMs }))
      }
      this.#places.set(reader.id, this.#log.length)
    }
  }

  #asRow(event: SomeEvent): SomeEvent {
    const isCreated = event.type === 'message:created'
    const about = isCreated ? event.seq : (event['ref'] as number | undefined)
    if (about === undefined || !this.#deleted.has(about)) return event
    if (isCreated) return { ...event, data: { type: 'text', deleted: true } }
    if (event.type !== 'message:updated') return event
    const { version } = event['data'] as { version: number }
    return { ...event, data: { version, deleted: true } }
  }

  #shown(event: SomeEvent): SomeEvent {
    const now = this.#asRow(event)
    const { version, sealed } = now['data'] as { version?: number; sealed?: boolean }
    return sealed === true ? { ...now, data: { version, sealed } } : now
  }
}
