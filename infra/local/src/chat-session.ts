import type { Event, Room } from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import { ChatPeople } from './chat-people.ts'
import type { ChatRest } from './chat-rest.ts'
import { titleOf } from './chat-room.ts'
import type { ChatScreen } from './chat-screen.ts'
import { ChatSocket } from './chat-socket.ts'

export interface ChatSessionOptions {
  readonly rest: ChatRest
  readonly socketUrl: string
  readonly room: Room
  readonly screen: ChatScreen
  readonly ended: (sentence: string) => void
}

const HISTORY = 20
const HELP = `/help  this · /quit  leave · /rooms  my rooms · /who  who is in this room
/edit TEXT  change my last message · /delete  erase my last message`

/** A person in a room: what is written goes out, what is said is printed, in order. */
export class ChatSession {
  readonly #options: ChatSessionOptions
  readonly #people: ChatPeople
  readonly #mySends = new Set<string>()
  #socket: ChatSocket | null = null
  #myLastSeq: number | null = null
  #gateway = ''
  #isReading = false
  /** Printing waits for names, and keeps its order by this chain. */
  #printing: Promise<void> = Promise.resolve()

  constructor(options: ChatSessionOptions) {
    this.#options = options
    this.#people = new ChatPeople(options.rest, options.room.id)
  }

  async open(): Promise<void> {
    const { rest, room, screen, socketUrl } = this.#options
    const { data, head } = await rest.history(room.id, HISTORY)
    for (const { sender, seq, ts, text, version, deletedAt } of data) {
      this.#people.learn(sender.id, sender.displayName)
      if (sender.id === this.#myId && deletedAt === undefined) this.#myLastSeq = seq
      if (deletedAt === undefined)
        screen.message(ts, sender.displayName, text ?? '', version > 0 ? 'edited' : '')
      else screen.message(ts, sender.displayName, '', 'deleted')
    }
    await new Promise<void>((resolve) => {
      this.#socket = new ChatSocket({
        url: socketUrl,
        rest,
        roomId: room.id,
        position: head,
        event: (event) => {
          this.#printing = this.#printing.then(() => this.#show(event))
        },
        ready: (gateway) => {
          this.#ready(gateway)
          resolve()
        },
        notice: (sentence) => screen.note(sentence),
        ended: this.#options.ended,
      })
    })
  }

  /** Answers whether there is more to come. */
  async line(line: string): Promise<boolean> {
    const text = line.trim()
    if (text === '') return true
    if (text === '/quit') return false
    const [command = '', ...rest] = text.split(/\s+/u)
    if (command === '/help') this.#options.screen.note(HELP)
    else if (command === '/rooms') await this.#listRooms()
    else if (command === '/who') await this.#listPeople()
    else if (command === '/edit') await this.#edit(rest.join(' '))
    else if (command === '/delete') await this.#delete()
    else if (command.startsWith('/'))
      this.#options.screen.problem(`There is no ${command}. Try /help.`)
    else await this.#send(text)
    return true
  }

  async close(): Promise<void> {
    await this.#printing
    this.#socket?.close()
  }

  get #myId(): string {
    return this.#options.rest.session?.user.id ?? ''
  }

  get #open(): ChatSocket {
    if (this.#socket === null) throw new Error('The session is not open.')
    return this.#socket
  }

  async #send(text: string): Promise<void> {
    const clientMsgId = uuidv7()
    this.#mySends.add(clientMsgId)
    const { seq } = await this.#open.command('message:send', {
      roomId: this.#options.room.id,
      clientMsgId,
      text,
    })
    this.#myLastSeq = Math.max(seq, this.#myLastSeq ?? 0)
  }

  async #edit(text: string): Promise<void> {
    const { screen, room } = this.#options
    if (text === '') return screen.problem('Say the new text: /edit TEXT.')
    if (this.#myLastSeq === null) return screen.problem('You have written nothing here yet.')
    const clientMsgId = uuidv7()
    await this.#open.command('message:edit', {
      roomId: room.id,
      seq: this.#myLastSeq,
      clientMsgId,
      text,
    })
  }

  async #delete(): Promise<void> {
    const { screen, room } = this.#options
    if (this.#myLastSeq === null) return screen.problem('You have written nothing here yet.')
    const clientMsgId = uuidv7()
    await this.#open.command('message:delete', {
      roomId: room.id,
      seq: this.#myLastSeq,
      clientMsgId,
    })
    this.#myLastSeq = null
  }

  async #listRooms(): Promise<void> {
    for (const room of await this.#options.rest.rooms('mine')) {
      const unread = room.me?.unread ?? 0
      this.#options.screen.note(`${titleOf(room)}${unread > 0 ? `  ${unread} unread` : ''}`)
    }
  }

  async #listPeople(): Promise<void> {
    const members = await this.#options.rest.members(this.#options.room.id)
    const names = members.map(({ displayName, username }) =>
      username === null || username === displayName ? displayName : `${displayName} (${username})`,
    )
    this.#options.screen.note(names.join(', '))
  }

  /** What is on the screen is read. One request is under way at a time. */
  #markRead(): void {
    if (this.#isReading || this.#socket === null) return
    this.#isReading = true
    const roomId = this.#options.room.id
    void this.#socket
      .command('read:set', { roomId, upTo: this.#socket.position })
      // The next message tries again.
      .catch(() => null)
      .finally(() => (this.#isReading = false))
  }

  #ready(gateway: string): void {
    const { screen, room, rest } = this.#options
    this.#markRead()
    if (gateway === this.#gateway) return screen.note('Connected again.')
    this.#gateway = gateway
    const me = rest.session?.user.displayName ?? ''
    screen.note(
      `You are ${me} in ${titleOf(room)}, on gateway ${gateway}. /help shows what you can do.`,
    )
  }

  async #show(event: Event): Promise<void> {
    const { screen } = this.#options
    await this.#people.ensure(event.actor.id)
    const name = this.#people.name(event.actor.id)
    if (event.type === 'message:created') {
      // What was typed here stands on the screen already.
      if (event.actor.id !== this.#myId) this.#markRead()
      const isEcho = event.clientMsgId !== undefined && this.#mySends.delete(event.clientMsgId)
      if (!isEcho)
        screen.message(event.ts, name, event.data.text ?? '', event.data.deleted ? 'deleted' : '')
    } else if (event.type === 'message:updated') {
      const { text, sealed } = event.data
      if (text !== undefined) screen.message(event.ts, name, text, 'edited')
      else if (sealed === true) screen.note(`${name} edited a message.`)
    } else if (event.type === 'message:deleted') screen.note(`${name} deleted a message.`)
    else if (event.type === 'member:joined') {
      await this.#people.ensure(event.data.userId)
      screen.note(`${this.#people.name(event.data.userId)} joined.`)
    } else if (event.type === 'member:left')
      screen.note(`${this.#people.name(event.data.userId)} left.`)
  }
}
