import { createStore } from '@parley/client'
import { useStore } from '@parley/react'
import { type ComponentType, createElement, lazy, Suspense } from 'react'

const FIRST_PAUSE_MS = 800
const LONGEST_PAUSE_MS = 8_000
/** It is late after so many tries. */
const QUIET_TRIES = 2

/** Ends early when the browser says that there is a network again. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer)
      removeEventListener('online', over)
      resolve()
    }
    const timer = setTimeout(over, ms)
    addEventListener('online', over)
  })
}

/**
 * A part of the page that is fetched when it is needed first, and tried until it is there: what failed once, as in a
 * tunnel, is not gone until a reload. `Waiting` takes its place meanwhile, with the same properties.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Waiting: ComponentType<Props & { readonly isLate: boolean }>,
): ComponentType<Props> {
  const late = createStore(false)
  const Loaded = lazy(async () => {
    for (let tries = 1; ; tries += 1) {
      try {
        return { default: await load() }
      } catch {
        late.set(tries >= QUIET_TRIES)
        await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)))
      }
    }
  })
  function Fallback(props: Props) {
    return createElement(Waiting, { ...props, isLate: useStore(late) })
  }
  return function LazyPart(props: Props) {
    return (
      <Suspense fallback={<Fallback {...props} />}>
        {createElement(Loaded as ComponentType<Props>, props)}
      </Suspense>
    )
  }
}
