import type { CommandData, CommandPayload, Presence, Reply } from '@parley/message-schema'
import type { After } from './after.ts'

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
export function createSharedPresence({ request, tell, after }: SharedPresencePorts) {
  /** In the order of their last change. */
  const watched = new Map<string, readonly string[]>()
  const idle = new Map<string, boolean>()
  let waiting: Waiting[] = []
  let isDue = false
  let isAsking = false
  let mustTell = false
  /** `null`: not known. */
  let saidIdle: boolean | null = false
  let stopWaiting: () => void = () => undefined

  const union = (): string[] => {
    const newestFirst = [...watched.values()].toReversed().flat()
    return [...new Set(newestFirst)].slice(0, WATCHED_MAX)
  }
  const allIdle = (): boolean => idle.size > 0 && [...idle.values()].every(Boolean)
  const ofTab = (tab: string, { states }: Presence): Presence => {
    const mine = new Set(watched.get(tab))
    return { states: states.filter(({ userId }) => mine.has(userId)) }
  }

  const ask = async (): Promise<void> => {
    if (isAsking) return
    isAsking = true
    while (isDue) {
      isDue = false
      const asked = waiting
      waiting = []
      try {
        const reply = await request('presence:subscribe', { userIds: union() })
        for (const { tab, resolve } of asked) {
          resolve(reply.ok ? { ok: true, data: ofTab(tab, reply.data) } : reply)
        }
        if (reply.ok && mustTell) tell(reply.data)
        if (reply.ok) mustTell = false
        else if (asked.length === 0 && reply.error.retryable) {
          stopWaiting()
          stopWaiting = after(reply.error.retryAfterMs ?? AGAIN_MS, askAgain)
        }
      } catch (error) {
        for (const { reject } of asked) reject(error)
      }
    }
    isAsking = false
  }
  const askAgain = (): void => {
    isDue = true
    void ask()
  }

  const say = async (
    rest: CommandPayload<'presence:set'>,
  ): Promise<Reply<CommandData<'presence:set'>>> => {
    const isIdle = allIdle()
    const hasMore = rest.status !== undefined || rest.text !== undefined
    if (isIdle === saidIdle && !hasMore) return { ok: true, data: {} }
    saidIdle = isIdle
    try {
      const reply = await request('presence:set', { ...rest, idle: isIdle })
      if (!reply.ok) saidIdle = null
      return reply
    } catch (error) {
      saidIdle = null
      throw error
    }
  }
  const sayAsItIs = (): void => void say({}).catch(() => undefined)

  return {
    join(tab: string): void {
      if (idle.has(tab)) return
      idle.set(tab, false)
      sayAsItIs()
    },
    leave(tab: string): void {
      idle.delete(tab)
      if (watched.delete(tab)) askAgain()
      if (idle.size > 0) sayAsItIs()
    },
    /** The socket is another one: it watches nobody and is not idle. */
    moved(): void {
      saidIdle = false
      sayAsItIs()
      if (union().length === 0) return
      mustTell = true
      askAgain()
    },
    watch: (tab: string, userIds: readonly string[]): Promise<Reply<Presence>> =>
      new Promise((resolve, reject) => {
        watched.delete(tab)
        watched.set(tab, userIds)
        waiting.push({ tab, resolve, reject })
        askAgain()
      }),
    set: (
      tab: string,
      { idle: isIdle, ...rest }: CommandPayload<'presence:set'>,
    ): Promise<Reply<CommandData<'presence:set'>>> => {
      if (isIdle === undefined) return request('presence:set', rest)
      idle.set(tab, isIdle)
      return say(rest)
    },
    ofTab,
    close: () => stopWaiting(),
  }
}
