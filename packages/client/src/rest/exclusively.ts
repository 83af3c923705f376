import { loadLater } from '../load-later.ts'
import type { SignInStorage } from './saved-sign-in.ts'

/** Runs what it is given one after the other. */
export type Exclusively = <Result>(run: () => Promise<Result>) => Promise<Result>

function createQueue(): Exclusively {
  let last: Promise<unknown> = Promise.resolve()
  return (run) => {
    const result = last.then(run, run)
    last = result.catch(() => undefined)
    return result
  }
}

// Two that use one storage in one program must wait for each other without knowing of each other.
const queues = new WeakMap<object, Exclusively>()

function queueOf(storage: object): Exclusively {
  const known = queues.get(storage)
  if (known !== undefined) return known
  const queue = createQueue()
  queues.set(storage, queue)
  return queue
}

/** Its code is fetched by the few pages that need it: what cannot be had now may be had the next time. */
const loadLease = loadLater(() => import('./storage-lease.ts'))

/**
 * One at a time among all tabs by Web Locks. They need a secure context: without them tabs agree by the
 * storage that they share. Outside of a page it is one at a time among those of this program that use
 * the same storage.
 */
export function createExclusively(name: string, storage: SignInStorage): Exclusively {
  const queue = queueOf(storage)
  return (run) =>
    queue(async () => {
      const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks
      if (locks !== undefined) return await locks.request(name, run)
      if (typeof document !== 'object') return await run()
      const { createStorageLease } = await loadLease()
      return await createStorageLease({ storage, key: `${name}:lease` })(run)
    })
}
