import type { ClientStorage } from '../storage/client-storage.ts'
import { createStore } from '../store.ts'
import { after as afterTimeout, type After } from '../after.ts'
import { openTabChannel, type OpenTabChannel } from '../tabs/tab-channel.ts'
import { browserLocks } from '../tabs/tab-lock.ts'
import type { DraftSpill } from './draft-spill.ts'
import type { Drafts } from './outbox.ts'

export interface DraftsPorts {
  readonly storage: ClientStorage
  /** The same in all tabs of one account. */
  readonly name: string
  /** Tells when the page is left or hidden: `window`. */
  readonly page?: Pick<EventTarget, 'addEventListener' | 'removeEventListener'> | null
  readonly openChannel?: OpenTabChannel | null
  readonly after?: After
  /** For a page that goes away before it can be kept. */
  readonly spill?: DraftSpill | null
  readonly onWarning?: (message: string, cause: unknown) => void
}

export interface CreatedDrafts extends Drafts {
  /** Keeps at once what waits for a pause. */
  readonly flush: () => Promise<void>
  readonly close: () => Promise<void>
}

const KEYS = 'draft:'
const PAUSE_MS = 300
/** More than a person types in: whoever sets so many at once need not wait for a pause. */
const WAITING_MAX = 100
const LEAVING = ['pagehide', 'freeze', 'visibilitychange']

const keyOf = (roomId: string, threadId?: number): string =>
  threadId === undefined ? `${KEYS}${roomId}` : `${KEYS}${roomId}:${threadId}`
const roomOf = (key: string): string => key.slice(KEYS.length).split(':')[0] ?? ''

const isNotice = (value: unknown): value is { key: string; isThere: boolean } =>
  typeof value === 'object' &&
  value !== null &&
  'key' in value &&
  typeof value.key === 'string' &&
  value.key.startsWith(KEYS) &&
  'isThere' in value &&
  typeof value.isThere === 'boolean'

function onLeaving(page: DraftsPorts['page'], heed: () => void): () => void {
  for (const name of LEAVING) page?.addEventListener(name, heed, { capture: true })
  return () => {
    for (const name of LEAVING) page?.removeEventListener(name, heed, { capture: true })
  }
}

/** Which drafts there are, here and in other tabs. */
function createDraftRooms() {
  const rooms = createStore<ReadonlySet<string>>(new Set())
  const keys = new Set<string>()
  /** Changed since the beginning: newer than what is read then. */
  const changed = new Set<string>()
  let isRead = false

  const publish = (): void => {
    const next = new Set([...keys].map(roomOf))
    const { current } = rooms
    if (next.size === current.size && [...next].every((id) => current.has(id))) return
    rooms.set(next)
  }
  const mark = (key: string, isThere: boolean): void => {
    if (!isRead) changed.add(key)
    if (keys.has(key) === isThere) return
    if (isThere) keys.add(key)
    else keys.delete(key)
    publish()
  }

  return {
    rooms,
    mark,
    read: (rows: readonly (readonly [key: string, value: unknown])[]): void => {
      for (const [key] of rows) if (!changed.has(key)) keys.add(key)
      isRead = true
      changed.clear()
      publish()
    },
  }
}

export function createDrafts(ports: DraftsPorts): CreatedDrafts {
  const { storage, after = afterTimeout, page = globalThis.window ?? null, spill } = ports
  const { openChannel = browserLocks() === null ? null : openTabChannel } = ports
  /** Not kept yet. */
  const waiting = new Map<string, string>()
  let stopPause: (() => void) | null = null
  let writes = Promise.resolve()

  const known = createDraftRooms()
  const warn = (cause: unknown): void => ports.onWarning?.('A draft could not be kept.', cause)

  const channel = openChannel?.(`parley:drafts:${ports.name}`, (message) => {
    if (isNotice(message)) known.mark(message.key, message.isThere)
  })

  const keep = async (key: string, text: string): Promise<void> => {
    try {
      if (text === '') await storage.delete(key)
      else await storage.put(key, text)
      channel?.post({ key, isThere: text !== '' })
    } catch (error) {
      // It is here all the same, and tried again with the next one, or when the page is left.
      return warn(error)
    }
    // Set again meanwhile, it waits for its own turn.
    if (waiting.get(key) !== text) return
    waiting.delete(key)
    spill?.drop(key)
  }

  const flush = (): Promise<void> => {
    stopPause?.()
    stopPause = null
    const due = [...waiting]
    // All at once: a page that goes away has no time for one after the other.
    if (due.length > 0) {
      writes = Promise.all([writes, ...due.map(([key, text]) => keep(key, text))]).then(
        () => undefined,
      )
    }
    return writes
  }
  const flushNow = (): void => void flush()
  const stopListening = onLeaving(page, () => {
    if (waiting.size > 0) spill?.put(waiting)
    flushNow()
  })
  /** What the page before this one could not keep. What was set here since is newer. */
  const taken = (spill?.take() ?? Promise.resolve([])).then((rows) => {
    for (const [key, text] of rows) {
      if (waiting.has(key)) continue
      waiting.set(key, text)
      known.mark(key, text !== '')
    }
    if (rows.length > 0) flushNow()
  }, warn)

  storage.list(KEYS).then(known.read, warn)

  return {
    rooms: known.rooms,
    get: async (roomId, threadId) => {
      const key = keyOf(roomId, threadId)
      await taken
      const here = waiting.get(key)
      if (here !== undefined) return here
      const kept = await storage.get(key)
      return waiting.get(key) ?? (typeof kept === 'string' ? kept : '')
    },
    set: (roomId, text, threadId) => {
      const key = keyOf(roomId, threadId)
      waiting.set(key, text)
      known.mark(key, text !== '')
      stopPause?.()
      stopPause = after(PAUSE_MS, flushNow)
      if (waiting.size > WAITING_MAX) flushNow()
    },
    flush,
    close: async () => {
      stopListening()
      await flush()
      channel?.close()
    },
  }
}
