import { useEffect, useEffectEvent, useState } from 'react'

export interface Look<Value> {
  /** What was seen last; `null` until something was. */
  readonly value: Value | null
  readonly error: unknown
  readonly again: () => void
}

const PATIENCE_MS = 10_000

interface Seen<Value> {
  readonly key: string
  readonly value: Value | null
  readonly error: unknown
}

/** Something that changes by itself: read again every so often while the page is seen. */
export function useLook<Value>(
  key: string,
  read: (signal: AbortSignal) => Promise<Value>,
  everyMs: number,
): Look<Value> {
  const [seen, setSeen] = useState<Seen<Value>>({ key, value: null, error: null })
  const [round, setRound] = useState(0)
  const start = useEffectEvent(read)
  useEffect(() => {
    const stop = new AbortController()
    let isReading = false
    const look = async (): Promise<void> => {
      if (isReading || document.visibilityState === 'hidden') return
      isReading = true
      try {
        const value = await start(AbortSignal.any([stop.signal, AbortSignal.timeout(PATIENCE_MS)]))
        if (!stop.signal.aborted) setSeen({ key, value, error: null })
      } catch (error) {
        if (!stop.signal.aborted) {
          setSeen((before) => ({ key, value: before.key === key ? before.value : null, error }))
        }
      }
      isReading = false
    }
    void look()
    const timer = setInterval(() => void look(), everyMs)
    return () => {
      stop.abort()
      clearInterval(timer)
    }
  }, [key, round, everyMs])
  const isSame = seen.key === key
  return {
    value: isSame ? seen.value : null,
    error: isSame ? seen.error : null,
    again: () => setRound(round + 1),
  }
}
