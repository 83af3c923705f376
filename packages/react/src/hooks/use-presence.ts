import type { PresenceState } from '@parley/message-schema'
import { useEffect, useMemo } from 'react'
import { useChat } from './chat-context.ts'
import { useSelected } from './use-selected.ts'

type States = ReadonlyMap<string, PresenceState>

/**
 * Who of these people is there; who is not in the answer is not known of. They are watched while this is
 * mounted. Another array with the same ids changes nothing, and the answer is the same map until one
 * of them changes.
 */
export function usePresence(userIds: readonly string[]): States {
  const { presence } = useChat()
  // Ids have no control characters.
  const key = [...new Set(userIds)].toSorted().join('\n')
  const ids = useMemo(() => (key === '' ? [] : key.split('\n')), [key])
  useEffect(() => (ids.length === 0 ? undefined : presence.watch(ids)), [presence, ids])
  const select = useMemo(() => pick(ids), [ids])
  return useSelected(presence.states, select, isSame)
}

const pick =
  (ids: readonly string[]) =>
  (states: States): States => {
    const picked = new Map<string, PresenceState>()
    for (const id of ids) {
      const state = states.get(id)
      if (state !== undefined) picked.set(id, state)
    }
    return picked
  }

const isSame = (a: States, b: States): boolean =>
  a.size === b.size && [...a].every(([id, state]) => b.get(id) === state)
