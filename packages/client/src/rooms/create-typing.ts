import { ChatError } from '../chat-error.ts'
import type { Connection } from '../connection/connection.ts'
import type { RoomLog } from '../log/room-log.ts'
import { steadyNow } from '../steady-now.ts'
import { createStore, type Store, type WritableStore } from '../store.ts'
import type { Typing, TypingPeople } from './typing.ts'

export interface TypingPorts {
  readonly roomId: string
  readonly log: Pick<RoomLog, 'follow'>
  readonly connection: Pick<Connection, 'request' | 'onFact' | 'session' | 'state'>
  readonly meId: () => string | undefined
  /** Whether the room is small enough: `features.typing`. */
  readonly isOn: () => boolean
  readonly now?: () => number
}

export interface OwnedTyping extends Typing {
  /** I have said it: the next keystroke is told at once. */
  readonly sent: (threadId?: number) => void
  /** Nothing is heard any more. */
  readonly close: () => void
}

const TELL_EVERY_MS = 3_000
const THREADS = 100

export function createTyping(ports: TypingPorts): OwnedTyping {
  const { roomId, connection, isOn, now = steadyNow } = ports
  const { storeOf, close } = createStores(ports)
  const threads = new Map<number, Store<TypingPeople>>()
  let told: { readonly threadId: number | undefined; readonly atMs: number } | null = null

  const everyMs = (): number => connection.session.current?.limits['typingEveryMs'] ?? TELL_EVERY_MS
  const tell = (on: boolean, threadId: number | undefined): void => {
    const { status, via } = connection.state.current
    if (status !== 'live' || via === 'http') return
    const thread = threadId === undefined ? {} : { threadId }
    connection.request('typing:set', { roomId, on, ...thread }).catch((error: unknown) => {
      // Said again soon after a message it comes too early: the next key after the pause says it.
      const waitMs = error instanceof ChatError ? error.retryAfterMs : undefined
      if (on && told !== null && waitMs !== undefined) {
        told = { ...told, atMs: now() - everyMs() + waitMs }
      }
    })
  }

  return {
    people: storeOf(undefined),
    inThread(threadId) {
      const store = threads.get(threadId) ?? storeOf(threadId)
      threads.set(threadId, store)
      const [oldest] = threads.keys()
      if (threads.size > THREADS && oldest !== undefined) threads.delete(oldest)
      return store
    },
    keystroke(threadId) {
      if (!isOn()) return
      if (told !== null && told.threadId === threadId && now() - told.atMs < everyMs()) return
      told = { threadId, atMs: now() }
      tell(true, threadId)
    },
    stop(threadId) {
      if (told === null || told.threadId !== threadId) return
      told = null
      tell(false, threadId)
    },
    sent(threadId) {
      // The server knows by the message itself.
      if (told?.threadId === threadId) told = null
    },
    close,
  }
}

/** What others type is heard while somebody subscribes to one of the stores. */
function createStores(ports: TypingPorts) {
  const shown = new Map<WritableStore<TypingPeople>, number | undefined>()
  let subscribers = 0
  let stop: (() => void) | undefined

  // What is typed is told every few seconds: what comes before the code is not missed for long.
  async function begin(): Promise<void> {
    const { hearTyping } = await import('./hear-typing.ts')
    if (shown.size > 0) stop ??= hearTyping(ports, shown)
  }
  const close = (): void => {
    stop?.()
    stop = undefined
    shown.clear()
  }
  const storeOf = (threadId: number | undefined): Store<TypingPeople> => {
    const store = createStore<TypingPeople>({ userIds: [], others: 0 })
    return {
      get current() {
        return store.current
      },
      subscribe(listener) {
        let end: (() => unknown) | null = store.subscribe(listener)
        shown.set(store, threadId)
        subscribers += 1
        begin().catch(() => undefined)
        return () => {
          if (end === null) return
          end()
          end = null
          subscribers -= 1
          if (subscribers === 0) close()
        }
      },
    }
  }
  return { storeOf, close }
}
