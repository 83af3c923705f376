import type { RoomInfo } from '@parley/client'
import { useChat } from '@parley/react'
import { useEffect, useRef, useState } from 'react'

export interface PublicRooms {
  readonly rooms: readonly RoomInfo[]
  readonly isReading: boolean
  readonly hasMore: boolean
  readonly error: unknown
  readonly readMore: () => void
}

const PAGE = 30
const PAUSE_MS = 180

interface Read {
  readonly words: string
  readonly rooms: readonly RoomInfo[]
  readonly cursor: string | null
  readonly error: unknown
}

/** Rooms that one may join, page by page. */
export function usePublicRooms(words: string): PublicRooms {
  const chat = useChat()
  const [read, setRead] = useState<Read | null>(null)
  const [isReading, setIsReading] = useState(true)
  const latest = useRef(0)
  const wanted = words.trim()

  const ask = async (before: Read | null): Promise<void> => {
    latest.current += 1
    const mine = latest.current
    setIsReading(true)
    const rooms = before?.rooms ?? []
    const cursor = before?.cursor ?? null
    try {
      const page = await chat.rooms.browse({
        limit: PAGE,
        ...(wanted === '' ? {} : { q: wanted }),
        ...(cursor === null ? {} : { cursor }),
      })
      if (mine !== latest.current) return
      const next = { rooms: [...rooms, ...page.rooms], cursor: page.cursor }
      setRead({ words: wanted, ...next, error: null })
    } catch (error) {
      if (mine !== latest.current) return
      setRead({ words: wanted, rooms, cursor, error })
    }
    setIsReading(false)
  }

  useEffect(() => {
    const timer = setTimeout(() => void ask(null), latest.current === 0 ? 0 : PAUSE_MS)
    return () => {
      clearTimeout(timer)
      latest.current += 1
    }
  }, [chat, wanted])

  return {
    rooms: read?.rooms ?? [],
    isReading: isReading || read?.words !== wanted,
    hasMore: read !== null && (read.cursor !== null || read.error !== null),
    error: read?.error ?? null,
    readMore: () => void ask(read),
  }
}
