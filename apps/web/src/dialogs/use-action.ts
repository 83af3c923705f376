import { useState } from 'react'

export interface Action {
  readonly isBusy: boolean
  readonly error: unknown
  /** Once at a time. Answers whether it was done. */
  readonly run: (action: () => Promise<void>) => Promise<boolean>
  readonly forget: () => void
}

/** What a button does that takes a while and may fail. */
export function useAction(): Action {
  const [isBusy, setIsBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  return {
    isBusy,
    error,
    async run(action) {
      if (isBusy) return false
      setIsBusy(true)
      setError(null)
      try {
        await action()
        return true
      } catch (thrown) {
        setError(thrown ?? new Error('nothing was said'))
        return false
      } finally {
        setIsBusy(false)
      }
    },
    forget: () => setError(null),
  }
}
