type Subscribe = (listener: () => void) => () => void

/**
 * Calls a listener at once, then at most every `everyMs` while changes go on, and always after the last
 * one. A timer and not an animation frame: pages in the background have none.
 */
export function subscribePaced(subscribe: Subscribe, everyMs: number): Subscribe {
  return (listener) => {
    let timer: ReturnType<typeof setTimeout> | null = null
    let isDue = false

    const tell = (): void => {
      isDue = false
      timer = setTimeout(() => {
        timer = null
        if (isDue) tell()
      }, everyMs)
      listener()
    }

    const unsubscribe = subscribe(() => {
      if (timer === null) tell()
      else isDue = true
    })
    return () => {
      if (timer !== null) clearTimeout(timer)
      unsubscribe()
    }
  }
}
