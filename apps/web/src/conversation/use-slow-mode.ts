import type { RoomInfo } from '@parley/client'
import { serverNow, useChat } from '@parley/react'
import { useEffect, useState } from 'react'
import { useScope } from './conversation-scope.tsx'
import { slowModeLeft } from './write-refusal.ts'

/** Seconds until one may write again where slow mode is on; 0: now. */
export function useSlowMode(info: RoomInfo): number {
  const { connection } = useChat()
  const { room } = useScope()
  const { slowModeS } = info.settings
  const isFree = slowModeS === 0 || info.me?.permissions.includes('moderation:exempt') === true
  const [left, setLeft] = useState(0)
  useEffect(() => {
    if (isFree) {
      setLeft(0)
      return
    }
    const { timeline } = room.messages
    const look = (): void => {
      const mine = timeline.current.items.findLast(({ isMine }) => isMine)
      const at = mine === undefined ? null : Date.parse(mine.ts)
      setLeft(Math.ceil(slowModeLeft(slowModeS, at, serverNow(connection)) / 1_000))
    }
    look()
    const timer = setInterval(look, 1_000)
    const end = timeline.subscribe(look)
    return () => {
      clearInterval(timer)
      end()
    }
  }, [connection, isFree, slowModeS, room])
  return left
}
