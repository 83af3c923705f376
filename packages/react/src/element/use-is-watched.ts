import { useEffect, useState, type RefObject } from 'react'

/** Whether somebody can see it: the page is shown, and this part of it is on the screen. */
export function useIsWatched(element: RefObject<Element | null>): boolean {
  const [isShown, setIsShown] = useState(() => document.visibilityState === 'visible')
  const [isOnScreen, setIsOnScreen] = useState(typeof IntersectionObserver === 'undefined')

  useEffect(() => {
    const look = (): void => setIsShown(document.visibilityState === 'visible')
    look()
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])

  useEffect(() => {
    if (element.current === null || typeof IntersectionObserver === 'undefined') return
    const observer = new IntersectionObserver((entries) =>
      setIsOnScreen(entries.at(-1)?.isIntersecting ?? false),
    )
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])

  return isShown && isOnScreen
}
