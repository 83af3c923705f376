import { useSyncExternalStore } from 'react'

/** A timer for midnight would be late by as long as the device slept. */
const LOOK_MS = 30_000

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

const look = (): void => listeners.forEach((listener) => listener())

function follow(listener: () => void): () => void {
  if (listeners.size === 0) {
    timer = setInterval(look, LOOK_MS)
    document.addEventListener('visibilitychange', look)
  }
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
  }
}

const midnight = (): number => new Date().setHours(0, 0, 0, 0)

/** When today began, for words like Today and Yesterday: they change while a page stays open. */
export const useToday = (): number => useSyncExternalStore(follow, midnight, midnight)
