import { after as afterTimeout, type After } from '../after.ts'
import type { SignInStorage } from '../rest/saved-sign-in.ts'

interface View extends SignInStorage {
  readonly values: Map<string, string>
  /** Writes of its own that were not told to all: what others wrote before them is not seen. */
  readonly unsettled: Map<string, number>
}

/**
 * What `localStorage` is to tabs in processes of their own: each has a view, and what one writes is seen
 * by the others later, in the order of writing. The last write of all is the one that all end with.
 */
export function createLaggingStorage(
  count: number,
  lagMs: () => number,
  after: After = afterTimeout,
): SignInStorage[] {
  const views: View[] = []

  function createView(): View {
    const values = new Map<string, string>()
    const unsettled = new Map<string, number>()
    const lag = lagMs()
    const put = (to: View, key: string, value: string | null): void => {
      if (value === null) to.values.delete(key)
      else to.values.set(key, value)
    }
    const write = (key: string, value: string | null): void => {
      put(view, key, value)
      unsettled.set(key, (unsettled.get(key) ?? 0) + 1)
      after(lag, () => {
        unsettled.set(key, (unsettled.get(key) ?? 1) - 1)
        for (const other of views) {
          if ((other.unsettled.get(key) ?? 0) === 0) put(other, key, value)
        }
      })
    }
    const view: View = {
      values,
      unsettled,
      getItem: (key) => values.get(key) ?? null,
      setItem: write,
      removeItem: (key) => write(key, null),
    }
    return view
  }

  for (let n = 0; n < count; n += 1) views.push(createView())
  return views
}
