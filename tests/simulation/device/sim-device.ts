import { createChat, type Chat, type Thread } from '@parley/client'
import { Reader } from '../checks/reader.ts'
import type { Report } from '../checks/violation.ts'
import { newProcess, type Process } from '../clock/virtual-clock.ts'
import { tokenOf } from '../gateway/sim-gateway.ts'
import type { MemoryDatabase } from '../log/memory-database.ts'
import type { Wire, Surroundings } from '../network/wire.ts'
import { createMemoryStorage } from '../product.ts'
import { MemberList } from './member-list.ts'

/** What one device has said, and what became of it. */
export interface Said {
  readonly roomId: string
  readonly clientMsgId: string
  readonly text: string
  /** Of the page that said it: the first one is 1. */
  readonly load: number
  /** `lost`: its page was closed before there was an answer; what waits is sent by the next one. */
  outcome: 'pending' | 'lost' | { readonly seq: number } | { readonly refused: string }
}

export interface DevicePorts {
  readonly around: Surroundings
  readonly database: MemoryDatabase
  readonly fetch: typeof fetch
  readonly report: Report
  /** A reader was told of an event. */
  readonly heard: () => void
  /** WebSocket alone, where they are left out. */
  readonly transports?: readonly ('websocket' | 'http')[]
  /** Tabs of one browser share it. */
  readonly storage?: ReturnType<typeof createMemoryStorage>
  /** There are tabs beside it, which are told when this one is gone. */
  readonly gone?: (tab: Process) => void
  /** It shows who is in the first room, too. */
  readonly showsMembers: boolean
}

/** A page of somebody, with the real SDK. It may be closed and loaded again. */
export class SimDevice {
  readonly name: string
  readonly userId: string
  readonly rooms: readonly string[]
  process: Process
  /** Its connections, the newest last. */
  wires: Wire[] = []
  chat: Chat | undefined
  isOffline = false
  readonly said: Said[] = []
  readonly readers = new Map<string, Reader>()
  /** Those that are open on this page. */
  readonly threads = new Map<string, Thread>()
  memberList: MemberList | undefined
  /** What cuts off each request that is under way. */
  readonly #requests = new Set<() => void>()
  readonly #ports: DevicePorts
  /** Outlasts a page. */
  readonly #storage: ReturnType<typeof createMemoryStorage>
  #loads = 0

  constructor(name: string, userId: string, rooms: readonly string[], ports: DevicePorts) {
    this.name = name
    this.userId = userId
    this.rooms = rooms
    this.process = newProcess(name)
    this.#ports = ports
    this.#storage = ports.storage ?? createMemoryStorage()
  }

  /** It may speak without a socket. */
  get isPlain(): boolean {
    return this.#ports.transports?.includes('http') === true
  }

  /** What is said on other tabs goes out by whichever is there. */
  get hasTabs(): boolean {
    return this.#ports.gone !== undefined
  }

  get isLive(): boolean {
    const isDead = this.wires.some((wire) => wire.isDeadUnheard)
    return this.chat?.connection.state.current.status === 'live' && !isDead
  }

  get living(): Wire[] {
    return this.wires.filter((wire) => !wire.isOver)
  }

  readonly opened = (cut: () => void): (() => void) => {
    this.#requests.add(cut)
    return () => void this.#requests.delete(cut)
  }

  /** Requests that are under way are not answered any more. */
  cutRequests(): void {
    const { clock } = this.#ports.around
    for (const cut of this.#requests) clock.after(this.process, 0, cut)
  }

  /** Loads the page. */
  load(): void {
    const { around } = this.#ports
    if (this.chat !== undefined) return
    this.#loads += 1
    const skewMs = Math.round((around.random() - 0.5) * 120_000)
    this.process = newProcess(`${this.name}.${this.#loads}`, skewMs)
    this.wires = []
    around.clock.after(this.process, 0, () => this.#open())
  }

  /** The page is gone, without a word. */
  kill(): void {
    this.process.isDead = true
    this.#ports.gone?.(this.process)
    this.chat = undefined
    this.readers.clear()
    this.threads.clear()
    this.memberList = undefined
    this.#requests.clear()
    for (const said of this.said) if (said.outcome === 'pending') said.outcome = 'lost'
    const { random } = this.#ports.around
    for (const wire of this.living) wire.cut(0, random() < 0.7 ? 10 : 5_000 + random() * 25_000)
  }

  /** Runs in the page. */
  act(run: (chat: Chat) => void): void {
    this.#ports.around.clock.after(this.process, 0, () => {
      if (this.chat !== undefined) run(this.chat)
    })
  }

  openThread(roomId: string, rootSeq: number): void {
    this.act((chat) => {
      const key = `${roomId}/${rootSeq}`
      if (this.threads.has(key)) return
      const thread = chat.rooms.get(roomId).messages.thread(rootSeq)
      this.threads.set(key, thread)
      thread.open()
    })
  }

  send(roomId: string, text: string, threadId?: number): void {
    this.act((chat) => {
      const { messages } = chat.rooms.get(roomId)
      const draft = threadId === undefined ? text : { text, threadId }
      const { clientMsgId, stored } = messages.send(draft)
      const said: Said = { roomId, clientMsgId, text, load: this.#loads, outcome: 'pending' }
      this.said.push(said)
      stored.then(
        ({ seq }) => (said.outcome = { seq }),
        (error: { code: string }) => (said.outcome = { refused: error.code }),
      )
    })
  }

  #open(): void {
    const { database, report, heard, fetch, showsMembers, around } = this.#ports
    const chat = createChat({
      url: 'http://parley.test',
      userId: this.userId,
      getToken: async () => tokenOf(this.userId),
      storage: { ...this.#storage, close: () => undefined },
      onWarning: (message, cause) => {
        // Of an edit by the page before this one: nobody else is there to be told that it was refused.
        if (message === 'A message could not be changed.') return
        report('sdk', `${this.name} warns: ${message} ${String(cause)}`)
      },
      tabs: this.#ports.gone === undefined ? 'own' : 'shared',
      transports: this.#ports.transports ?? ['websocket'],
      fetch,
    })
    this.chat = chat
    for (const roomId of this.rooms) {
      const reader = new Reader(this, roomId, database, report)
      this.readers.set(roomId, reader)
      chat.rooms.get(roomId).onEvent((event) => {
        heard()
        reader.hear(event)
      }, reader.reset)
    }
    // The first room is on the screen.
    const [first] = this.rooms
    if (first === undefined) return
    chat.rooms.get(first).open()
    if (showsMembers) this.memberList = new MemberList(chat.rooms.get(first), around.clock)
  }
}
