import type { User } from '@parley/message-schema'
import { createStore, type Store } from '../store.ts'
import type { PersonSeen } from './people-cache.ts'

const PEOPLE = 5_000
/** Of those that are looked at for one that may go. */
const LOOKS = 20
/** Names change: whoever is asked for again later is read again. */
const FRESH_MS = 10 * 60_000

interface Person {
  readonly store: Store<User | null>
  readonly set: (user: User) => void
  /** One for each subscription. */
  readonly watchers: ReadonlySet<unknown>
  /** When it was read or asked for, by this device. */
  askedAt: number
}

function createPerson(): Person {
  const store = createStore<User | null>(null)
  const watchers = new Set<() => void>()
  return {
    store: {
      get current() {
        return store.current
      },
      subscribe(listener) {
        const end = store.subscribe(listener)
        watchers.add(end)
        return () => {
          end()
          watchers.delete(end)
        }
      },
    },
    set: store.set,
    watchers,
    askedAt: -Infinity,
  }
}

const SHOWN = ['displayName', 'avatarUrl', 'username', 'kind'] as const

export type PersonStores = ReturnType<typeof createPersonStores>

/** The last 5,000 people. Who is on screen stays, so that all that show one see the same changes. */
export function createPersonStores(now: () => number, most = PEOPLE) {
  const people = new Map<string, Person>()

  function makeRoom(): void {
    if (people.size < most) return
    let looks = LOOKS
    for (const [id, person] of people) {
      people.delete(id)
      if (person.watchers.size === 0) return
      people.set(id, person)
      looks -= 1
      if (looks === 0) return
    }
  }

  /** Whom one uses is the last to go. */
  function touch(id: string): Person {
    const known = people.get(id)
    if (known === undefined) makeRoom()
    else people.delete(id)
    const person = known ?? createPerson()
    people.set(id, person)
    return person
  }

  function take(seen: PersonSeen): void {
    const isWhole = seen.kind !== undefined && seen.createdAt !== undefined
    // Of a stranger a part is no use to those who want the whole.
    if (!isWhole && !people.get(seen.id)?.store.current) return
    const person = touch(seen.id)
    const before = person.store.current
    const user = { ...before, ...seen } as User
    if (SHOWN.some((name) => before?.[name] !== user[name])) person.set(user)
    if (isWhole) person.askedAt = now()
  }

  return {
    /** `isStale`: read it, which counts as read from now on. */
    use(id: string): { readonly store: Store<User | null>; readonly isStale: boolean } {
      const person = touch(id)
      const isStale = now() - person.askedAt > FRESH_MS
      if (isStale) person.askedAt = now()
      return { store: person.store, isStale }
    },
    /** It could not be read: the next one who asks tries again. */
    missed(id: string): void {
      const person = people.get(id)
      if (person !== undefined) person.askedAt = -Infinity
    },
    remember: (seen: readonly PersonSeen[]): void => {
      for (const one of seen) take(one)
    },
  }
}
