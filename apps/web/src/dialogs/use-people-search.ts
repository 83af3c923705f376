import type { User } from '@parley/message-schema'
import { useChat } from '@parley/react'
import { useEffect, useState } from 'react'

export interface PeopleSearch {
  readonly people: readonly User[]
  readonly isSearching: boolean
  readonly error: unknown
  readonly retry: () => void
}

/** Between two keys of somebody who types. */
const PAUSE_MS = 180
const NOBODY: readonly User[] = []

/** People by the beginning of their name, without me. The last words asked for win. */
export function usePeopleSearch(words: string, isOn = true): PeopleSearch {
  const { people, me } = useChat()
  const [found, setFound] = useState<readonly User[]>(NOBODY)
  const [answered, setAnswered] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [round, setRound] = useState(0)
  const wanted = words.trim()
  const key = `${round} ${wanted}`
  useEffect(() => {
    if (!isOn) return
    const stop = new AbortController()
    const read = async (): Promise<void> => {
      try {
        const users = await people.search(wanted, stop.signal)
        if (stop.signal.aborted) return
        setFound(users.filter(({ id }) => id !== me.current?.id))
        setError(null)
      } catch (thrown) {
        if (!stop.signal.aborted) setError(thrown)
      }
      if (!stop.signal.aborted) setAnswered(key)
    }
    const timer = setTimeout(() => void read(), answered === null ? 0 : PAUSE_MS)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
    // `answered` only chooses the pause.
  }, [people, me, wanted, key, isOn])
  return {
    people: found,
    isSearching: isOn && answered !== key,
    error,
    retry: () => setRound(round + 1),
  }
}
