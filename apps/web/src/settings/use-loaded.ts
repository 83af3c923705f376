import { useEffect, useEffectEvent, useState } from 'react'

export interface Loaded<Value> {
  /** `null` until it is there. */
  readonly value: Value | null
  readonly error: unknown
  readonly retry: () => void
  /** What is known now of it, after a change. */
  readonly set: (value: Value) => void
}

/** Something that is read once when it is shown. */
export function useLoaded<Value>(read: () => Promise<Value>): Loaded<Value> {
  const [value, set] = useState<Value | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [round, setRound] = useState(0)
  const start = useEffectEvent(read)
  useEffect(() => {
    let isWanted = true
    start().then(
      (answer) => {
        if (!isWanted) return
        set(answer)
        setError(null)
      },
      (thrown: unknown) => {
        if (isWanted) setError(thrown)
      },
    )
    return () => {
      isWanted = false
    }
  }, [round])
  return { value, error, set, retry: () => setRound(round + 1) }
}
