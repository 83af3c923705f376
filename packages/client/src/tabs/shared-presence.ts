import type { CommandData, CommandPayload, Presence, Reply } from '@parley/message-schema'
import type { After } from '../after.ts'

type PresenceCommand = 'presence:subscribe' | 'presence:set'

export interface SharedPresencePorts {
  /** Over the socket that all tabs share. */
  readonly request: <Name extends PresenceCommand>(
    name: Name,
    payload: CommandPayload<Name>,
  ) => Promise<Reply<CommandData<Name>>>
  /** What became known by the way. */
  readonly tell: (presence: Presence) => void
  readonly after: After
}

interface Waiting {
  readonly tab: string
  readonly resolve: (reply: Reply<Presence>) => void
  readonly reject: (error: unknown) => void
}

const WATCHED_MAX = 200
const AGAIN_MS = 2_000

/** One socket watches for all tabs, and is idle when all of them are. */
export class SharedPresence {
  readonly #ports: SharedPresencePorts
  /** In the order of their last change. */
  readonly #watched = new Map<string, readonly string[]>()
  readonly #idle = new Map<string, boolean>()
  #waiting: Waiting[] = []
  #isDue = false
  #isAsking = false
  #mustTell = false
  /** `null`: not known. */
  #saidIdle: boolean | null = false
  #stopWaiting: () => void = () => undefined

  readonly #union = (): string[] => {
    const newestFirst = [...this.#watched.values()].toReversed().flat()
    return [...new Set(newestFirst)].slice(0, WATCHED_MAX)
  }
  readonly #allIdle = (): boolean => this.#idle.size > 0 && [...this.#idle.values()].every(Boolean)
  readonly ofTab = (tab: string, { states }: Presence): Presence => {
    const mine = new Set(this.#watched.get(tab))
    return { states: states.filter(({ userId }) => mine.has(userId)) }
  }

  readonly #ask = async (): Promise<void> => {
    if (this.#isAsking) return
    this.#isAsking = true
    while (this.#isDue) {
      this.#isDue = false
      const asked = this.#waiting
      this.#waiting = []
      try {
        const reply = await this.#ports.request('presence:subscribe', { userIds: this.#union() })
        for (const { tab, resolve } of asked) {
          resolve(reply.ok ? { ok: true, data: this.ofTab(tab, reply.data) } : reply)
        }
        if (reply.ok && this.#mustTell) this.#ports.tell(reply.data)
        if (reply.ok) this.#mustTell = false
        else if (asked.length === 0 && reply.error.retryable) {
          this.#stopWaiting()
          this.#stopWaiting = this.#ports.after(
            reply.error.retryAfterMs ?? AGAIN_MS,
            this.#askAgain,
          )
        }
      } catch (error) {
        for (const { reject } of asked) reject(error)
      }
    }
    this.#isAsking = false
  }
  readonly #askAgain = (): void => {
    this.#isDue = true
    void this.#ask()
  }

  readonly #say = async (
    rest: CommandPayload<'presence:set'>,
  ): Promise<Reply<CommandData<'presence:set'>>> => {
    const isIdle = this.#allIdle()
    const hasMore = rest.status !== undefined || rest.text !== undefined
    if (isIdle === this.#saidIdle && !hasMore) return { ok: true, data: {} }
    this.#saidIdle = isIdle
    try {
      const reply = await this.#ports.request('presence:set', { ...rest, idle: isIdle })
      if (!reply.ok) this.#saidIdle = null
      return reply
    } catch (error) {
      this.#saidIdle = null
      throw error
    }
  }
  readonly #sayAsItIs = (): void => void this.#say({}).catch(() => undefined)

  constructor(ports: SharedPresencePorts) {
    this.#ports = ports
  }

  join(tab: string): void {
    if (this.#idle.has(tab)) return
    this.#idle.set(tab, false)
    this.#sayAsItIs()
  }

  leave(tab: string): void {
    this.#idle.delete(tab)
    if (this.#watched.delete(tab)) this.#askAgain()
    if (this.#idle.size > 0) this.#sayAsItIs()
  }

  /** The socket is another one: it watches nobody and is not idle. */
  moved(): void {
    this.#saidIdle = false
    this.#sayAsItIs()
    if (this.#union().length === 0) return
    this.#mustTell = true
    this.#askAgain()
  }

  watch(tab: string, userIds: readonly string[]): Promise<Reply<Presence>> {
    return new Promise((resolve, reject) => {
      this.#watched.delete(tab)
      this.#watched.set(tab, userIds)
      this.#waiting.push({ tab, resolve, reject })
      this.#askAgain()
    })
  }

  set(
    tab: string,
    { idle: isIdle, ...rest }: CommandPayload<'presence:set'>,
  ): Promise<Reply<CommandData<'presence:set'>>> {
    if (isIdle === undefined) return this.#ports.request('presence:set', rest)
    this.#idle.set(tab, isIdle)
    return this.#say(rest)
  }

  close(): void {
    this.#stopWaiting()
  }
}
