import type { Event, Message } from '@parley/message-schema'

type Created = Extract<Event, { type: 'message:created' }>
type Body = Created['data']

export interface ModelQuery {
  readonly before?: number
  readonly after?: number
  readonly around?: number
  readonly limit: number
}

const NAMED = 10
const timeOf = (seq: number): string => new Date(1_700_000_000_000 + seq * 1_000).toISOString()
export const nameOf = (userId: string): string => `Name of ${userId}`

interface Standing {
  readonly seq: number
  readonly created: Created
  body: Body
  version: number
  editedAt?: string
  deletedAt?: string
  readonly reactions: Map<string, Set<string>>
  pinned: boolean
}

/** A room's log and what the API answers of it, as of any place in the log: slow, and plainly right. */
export class ModelRoom {
  readonly roomId: string
  readonly meId: string
  readonly isSealed: boolean
  readonly log: Event[] = []
  #msgNo = 0

  constructor(roomId: string, meId: string, isSealed = false) {
    this.roomId = roomId
    this.meId = meId
    this.isSealed = isSealed
    this.#append({ type: 'room:updated', actor: { id: 'ann', kind: 'user' }, data: {} })
  }

  get head(): number {
    return this.log.length
  }

  send(userId: string, data: Partial<Body> = {}, clientMsgId?: string): number {
    this.#msgNo += 1
    return this.#append({
      type: 'message:created',
      actor: { id: userId, kind: 'user' },
      data: { type: 'text', text: `said at ${this.head + 1}`, ...data },
      msgNo: this.#msgNo,
      ...(userId === this.meId && clientMsgId !== undefined && { clientMsgId }),
    })
  }

  edit(userId: string, ref: number, text: string, clientMsgId?: string): number {
    const version = (this.at(ref)?.version ?? 0) + 1
    const said = { version, text, ...(this.isSealed && { sealed: true as const }) }
    return this.#about(userId, ref, 'message:updated', said, clientMsgId)
  }

  preview(ref: number): number {
    const version = this.at(ref)?.version ?? 0
    const previews = [{ url: `https://example.com/${this.head}` }]
    const said = { version, previews, ...(this.isSealed && { sealed: true as const }) }
    return this.#about('system', ref, 'message:updated', said)
  }

  delete(userId: string, ref: number, clientMsgId?: string): number {
    return this.#about(userId, ref, 'message:deleted', {}, clientMsgId)
  }

  react(userId: string, ref: number, key: string, on: boolean): number {
    return this.#about(userId, ref, 'reaction:changed', { key, on })
  }

  pin(userId: string, ref: number, on: boolean): number {
    return this.#about(userId, ref, 'pin:changed', { on })
  }

  noise(): number {
    const data = { userId: 'zoe', role: 'member' }
    return this.#append({ type: 'member:updated', actor: { id: 'ann', kind: 'user' }, data })
  }

  erase(erasedTo: number): number {
    const actor = { id: 'system', kind: 'system' as const }
    return this.#append({ type: 'room:updated', actor, data: { erasedTo } })
  }

  at(seq: number, to = this.head): Standing | undefined {
    return this.#standings(to).find((one) => one.seq === seq)
  }

  /** As readers are handed it. */
  told(event: Event): Event {
    if (event.type !== 'message:updated' || event.data.sealed !== true) return event
    return { ...event, data: { version: event.data.version, sealed: true } }
  }

  /** `bodiesAt`: everything but the list itself is read somewhat later. */
  page(query: ModelQuery, head: number, bodiesAt: number, threadId?: number) {
    const all = this.messages(bodiesAt).filter(({ seq }) => seq <= head)
    const isIn = ({ seq }: Message): boolean =>
      threadId === undefined || this.threadOf(seq) === threadId
    const list = all.filter(isIn)
    const { before, after, around, limit } = query
    let from: number
    let to: number
    const place = (seq: number): number => list.filter((message) => message.seq < seq).length
    if (around !== undefined) {
      const middle = place(around)
      const half = Math.floor(limit / 2)
      const older = Math.min(middle, Math.max(half, limit - (list.length - middle)))
      from = middle - older
      to = Math.min(list.length, from + limit)
    } else if (after !== undefined) {
      from = place(after + 1)
      to = Math.min(list.length, from + limit)
    } else {
      to = place(before ?? Infinity)
      from = Math.max(0, to - limit)
    }
    const data = list.slice(from, to)
    const page = {
      before: data[0]?.seq ?? before ?? null,
      after: data.at(-1)?.seq ?? after ?? null,
      hasMoreBefore: from > 0,
      hasMoreAfter: to < list.length,
    }
    return { data, head, page }
  }

  threadOf(seq: number): number | undefined {
    const event = this.log[seq - 1]
    return event?.type === 'message:created' ? event.data.threadId : undefined
  }

  messages(to = this.head): Message[] {
    const all = this.#standings(to)
    return all.map((one) => this.#toMessage(one, all))
  }

  #toMessage(one: Standing, all: readonly Standing[]): Message {
    const { seq, created, body, version, editedAt, deletedAt, pinned } = one
    const { actor, msgNo = 0, ts, clientMsgId } = created
    const replies = all.filter(
      ({ created: { data }, deletedAt: gone, created: { ts: at } }) =>
        data.threadId === seq && (gone === undefined || gone === at),
    )
    const isGone = deletedAt !== undefined
    const reactions = [...one.reactions].filter(([, users]) => users.size > 0)
    return {
      roomId: this.roomId,
      seq,
      msgNo,
      type: body.type,
      sender: { id: actor.id, username: null, displayName: nameOf(actor.id), avatarUrl: null },
      text: isGone ? null : (body.text ?? null),
      attachments: [],
      ...(!isGone && body.previews !== undefined && { previews: body.previews }),
      ...(!isGone && body.replyTo !== undefined && { replyTo: body.replyTo }),
      ...(!isGone && body.threadId !== undefined && { threadId: body.threadId }),
      ...(replies.length > 0 && {
        thread: { replies: replies.length, lastSeq: Math.max(...replies.map((r) => r.seq)) },
      }),
      mentions: [],
      reactions: isGone
        ? []
        : reactions.map(([key, users]) => ({
            key,
            count: users.size,
            userIds: [...users].toSorted().slice(0, NAMED),
            ...(users.has(this.meId) && { mine: true }),
          })),
      pinned: !isGone && pinned,
      version,
      ts,
      ...(editedAt !== undefined && { editedAt }),
      ...(deletedAt !== undefined && { deletedAt }),
      ...(clientMsgId !== undefined && { clientMsgId }),
    }
  }

  #standings(to: number): Standing[] {
    const found = new Map<number, Standing>()
    for (const event of this.log.slice(0, to)) {
      const one = found.get(event.ref ?? 0)
      if (event.type === 'message:created') {
        const { seq, data: body } = event
        const made = { seq, created: event, body, version: 0, reactions: new Map(), pinned: false }
        found.set(seq, made)
      } else if (event.type === 'room:updated' && event.data.erasedTo !== undefined) {
        for (const each of found.values()) {
          if (each.seq <= event.data.erasedTo) each.deletedAt ??= each.created.ts
        }
      } else if (one !== undefined) standAfter(one, event)
    }
    return [...found.values()]
  }

  #about(
    userId: string,
    ref: number,
    type: 'message:updated' | 'message:deleted' | 'reaction:changed' | 'pin:changed',
    data: object,
    clientMsgId?: string,
  ): number {
    const mine = clientMsgId === undefined ? {} : { clientMsgId }
    return this.#append({ type, actor: { id: userId, kind: 'user' }, ref, data, ...mine })
  }

  #append(event: object): number {
    const seq = this.log.length + 1
    this.log.push({ seq, ts: timeOf(seq), ...event } as Event)
    return seq
  }
}

function standAfter(one: Standing, event: Event): void {
  if (event.type === 'message:deleted') one.deletedAt = event.ts
  if (event.type === 'pin:changed') one.pinned = event.data.on
  if (event.type === 'reaction:changed') {
    const users = one.reactions.get(event.data.key) ?? new Set()
    if (event.data.on) users.add(event.actor.id)
    else users.delete(event.actor.id)
    one.reactions.set(event.data.key, users)
  }
  if (event.type !== 'message:updated') return
  const { version, text, previews } = event.data
  if (previews !== undefined) one.body = { ...one.body, previews }
  if (text === undefined) return
  const { previews: _, ...kept } = one.body
  one.body = { ...kept, text }
  one.version = version
  one.editedAt = event.ts
}
