import type { Fact } from '@parley/message-schema'
import { tellEach } from '../store.ts'
import type { LiveFactName } from './link.ts'

type Listener = (fact: never) => void

export interface FactListeners {
  readonly listen: <Name extends LiveFactName>(
    name: Name,
    listener: (fact: Fact<Name>) => void,
  ) => () => void
  readonly tell: <Name extends LiveFactName>(name: Name, fact: Fact<Name>) => void
}

/** A listener that throws does not keep the others from hearing of it. */
export function createFactListeners(): FactListeners {
  const byName = new Map<LiveFactName, Set<Listener>>()
  return {
    listen(name, listener) {
      const own: Listener = (fact) => listener(fact)
      const listeners = byName.get(name) ?? new Set<Listener>()
      byName.set(name, listeners.add(own))
      return () => listeners.delete(own)
    },
    tell(name, fact) {
      tellEach(byName.get(name) ?? [], (listener) => listener(fact as never))
    },
  }
}
