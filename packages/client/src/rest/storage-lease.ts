import { newId } from '../new-id.ts'
import { pause, type Pause } from './pause.ts'
import type { SignInStorage } from './saved-sign-in.ts'

export interface StorageLeasePorts {
  readonly storage: SignInStorage
  readonly key: string
  readonly now?: () => number
  readonly sleep?: Pause
}

interface Lease {
  readonly owner: string
  /** Milliseconds since 1970. */
  readonly until: number
}

/** More than what is done under it may take: a tab that is gone keeps others waiting so long. */
const LEASE_MS = 45_000
/** What has to be left of it when it is had: a tab in the background is woken late. */
const LEFT_MS = 30_000
/** Twice as long as what one tab writes may take until another one reads it, and more. */
const SETTLE_MS = 200
const LOOK_EVERY_MS = 50
/** A storage that forgets what is written keeps nobody from going on. */
const PATIENCE_MS = 3 * LEASE_MS

function readLease(text: string | null): Lease | null {
  try {
    const { owner, until } = Object(JSON.parse(text ?? 'null')) as Partial<Lease>
    return typeof owner === 'string' && typeof until === 'number' ? { owner, until } : null
  } catch {
    return null
  }
}

/**
 * One at a time among the tabs of a page that has no Web Locks, by a note in the storage which they
 * share. Nothing there is done in one step, so whoever finds it free writes a name and looks again when
 * everybody who found it free too has written theirs: the last one that was written has it.
 */
export function createStorageLease(
  ports: StorageLeasePorts,
): <Result>(run: () => Promise<Result>) => Promise<Result> {
  const { storage, key, now = Date.now, sleep = pause } = ports
  const read = (): Lease | null => readLease(storage.getItem(key))

  /** A clock that was set back makes no lease a longer one. */
  const isHeld = (lease: Lease | null): lease is Lease =>
    lease !== null && lease.until > now() && lease.until <= now() + LEASE_MS

  async function take(owner: string): Promise<void> {
    const from = now()
    while (Math.abs(now() - from) < PATIENCE_MS) {
      const there = read()
      if (isHeld(there) && there.owner !== owner) {
        await sleep(LOOK_EVERY_MS)
        continue
      }
      storage.setItem(key, JSON.stringify({ owner, until: now() + LEASE_MS } satisfies Lease))
      await sleep(SETTLE_MS)
      const settled = read()
      if (isHeld(settled) && settled.owner === owner && settled.until - now() > LEFT_MS) return
    }
  }

  return async (run) => {
    const owner = newId()
    try {
      await take(owner)
    } catch {
      // A storage that is full or forbidden holds no token that another tab could use.
    }
    try {
      return await run()
    } finally {
      try {
        if (read()?.owner === owner) storage.removeItem(key)
      } catch {
        // It ends by itself.
      }
    }
  }
}
