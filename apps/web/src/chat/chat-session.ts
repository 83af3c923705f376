import type { CommandData, CommandName, CommandPayload, Room, User } from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import { type ConnectionState, LiveConnection } from '../connection/live-connection.ts'
import type { AccessToken } from '../identity/access-token.ts'
import { deliver } from '../outbox/deliver.ts'
import { createChatApi, type NewRoom } from '../rest/chat-api.ts'
import { CatchUp } from './catch-up.ts'
import { ChatRooms } from './chat-rooms.ts'
import { mentionedNames } from './mentioned-names.ts'
import { Outbox } from './outbox.ts'
import { People } from './people.ts'

export interface ChatSessionPorts {
  readonly url: string
  readonly me: User
  readonly accessToken: AccessToken
  readonly changed: () => void
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** One signed-in person: their rooms, their connection, and what they do. Knows no DOM. */
export class ChatSession {
  readonly me: User
  readonly people: People
  readonly rooms: ChatRooms
  readonly #api: ReturnType<typeof createChatApi>
  readonly #connection: LiveConnection
  readonly #outbox: Outbox
  readonly #changed: () => void
  readonly #reading = new Set<string>()

  constructor({ url, me, accessToken, changed }: ChatSessionPorts) {
    this.me = me
    this.#changed = changed
    this.#api = createChatApi(accessToken)
    this.people = new People({
      load: (ids) => this.#api.people({ ids: ids.join(',') }),
      changed,
    })
    this.people.learn([me])
    this.rooms = new ChatRooms({
      api: this.#api,
      people: this.people,
      myId: me.id,
      catchUp: () => catchUp,
      changed,
    })
    const catchUp = new CatchUp({
      sync: (payload) => this.#connection.request('sync', payload),
      position: (roomId) => this.rooms.records.get(roomId)?.guard.position ?? null,
      apply: (roomId, events) => this.rooms.apply(roomId, events),
      reset: (roomId, reset) => this.rooms.reset(roomId, reset),
    })
    this.#outbox = this.#createOutbox()
    this.#connection = new LiveConnection({
      url,
      deviceId: uuidv7(),
      token: () => accessToken.current(),
      renewToken: async () => accessToken.renew(await accessToken.current()),
      facts: this.rooms.facts,
      ready: async ({ epoch }) => {
        catchUp.epoch ??= epoch
        await catchUp.rooms([...this.rooms.records.keys()])
        await this.rooms.refresh()
      },
      changed,
    })
  }

  get connection(): ConnectionState {
    return this.#connection.state
  }

  start(): Promise<void> {
    return this.rooms.refresh()
  }

  close(): void {
    this.#connection.close()
  }

  send(roomId: string, text: string): void {
    const clientMsgId = uuidv7()
    const mentions = this.people.idsOf(mentionedNames(text))
    this.rooms.records.get(roomId)?.timeline.addPending({
      clientMsgId,
      senderId: this.me.id,
      text,
      mentions,
      ts: new Date().toISOString(),
    })
    this.#outbox.add({ roomId, clientMsgId, text, mentions })
    this.#changed()
  }

  retry(roomId: string, clientMsgId: string): void {
    if (!this.#outbox.retry(clientMsgId)) return
    this.rooms.records.get(roomId)?.timeline.markPending(clientMsgId)
    this.#changed()
  }

  discard(roomId: string, clientMsgId: string): void {
    this.#outbox.forget(clientMsgId)
    this.rooms.records.get(roomId)?.timeline.discard(clientMsgId)
    this.#changed()
  }

  async edit(roomId: string, seq: number, text: string): Promise<void> {
    const clientMsgId = uuidv7()
    const { version } = await this.#deliver('message:edit', { roomId, seq, clientMsgId, text })
    this.rooms.records.get(roomId)?.timeline.change(seq, { version, text, isDeleted: false })
    this.#changed()
  }

  async remove(roomId: string, seq: number): Promise<void> {
    const clientMsgId = uuidv7()
    await this.#deliver('message:delete', { roomId, seq, clientMsgId })
    const gone = { version: Infinity, text: null, isDeleted: true }
    this.rooms.records.get(roomId)?.timeline.change(seq, gone)
    this.#changed()
  }

  /** I have seen all that is there. One request a room is under way at a time. */
  async markRead(roomId: string): Promise<void> {
    const record = this.rooms.records.get(roomId)
    const upTo = record?.guard.position ?? 0
    if (record === undefined || record.unread === 0 || this.#reading.has(roomId)) return
    this.#reading.add(roomId)
    try {
      record.moveRead(await this.#deliver('read:set', { roomId, upTo }))
      this.#changed()
    } catch {
      // It stays unread, and the next look at it tries again.
    } finally {
      this.#reading.delete(roomId)
    }
  }

  publicRooms(search: string): Promise<Room[]> {
    return this.#api.publicRooms(search)
  }

  async searchPeople(q: string): Promise<User[]> {
    return (await this.#api.people({ q })).filter(({ id }) => id !== this.me.id)
  }

  async createRoom(room: NewRoom, idempotencyKey: string): Promise<string> {
    return this.rooms.add(await this.#api.createRoom(room, idempotencyKey)).room.id
  }

  async openDm(userIds: readonly string[]): Promise<string> {
    return this.rooms.add(await this.#api.openDm(userIds)).room.id
  }

  async join(roomId: string): Promise<string> {
    await this.#api.join(roomId, this.me.id)
    return this.rooms.add(await this.#api.room(roomId)).room.id
  }

  async leave(roomId: string): Promise<void> {
    await this.#api.leave(roomId, this.me.id)
    this.rooms.drop(roomId)
  }

  #deliver<Name extends CommandName>(
    name: Name,
    payload: CommandPayload<Name>,
  ): Promise<CommandData<Name>> {
    return deliver(() => this.#connection.request(name, payload), { sleep })
  }

  #createOutbox(): Outbox {
    return new Outbox({
      send: ({ roomId, clientMsgId, text, mentions }) =>
        this.#deliver('message:send', {
          roomId,
          clientMsgId,
          text,
          ...(mentions.length > 0 && { mentions: [...mentions] }),
        }),
      sent: ({ roomId, clientMsgId }, { seq }) => {
        const record = this.rooms.records.get(roomId)
        record?.timeline.markSent(clientMsgId, seq, record.guard.position)
        this.#changed()
      },
      failed: ({ roomId, clientMsgId }, error) => {
        const reason = error instanceof Error ? error.message : String(error)
        this.rooms.records.get(roomId)?.timeline.markFailed(clientMsgId, reason)
        this.#changed()
      },
    })
  }
}
