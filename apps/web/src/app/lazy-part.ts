import { type ComponentType, lazy } from 'react'

const PAUSE_MS = 800
const TRIES = 3

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS))

/** A part of the page that is loaded when it is needed; one request that fails does not take it away. */
export function lazyPart<Props>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async () => {
    for (let left = TRIES; ; left -= 1) {
      try {
        return { default: await load() }
      } catch (error) {
        if (left <= 1) throw error
        await pause()
      }
    }
  })
}
