import { useEffect, useEffectEvent, useRef, useState } from 'react'

export interface Page<Item, Cursor> {
  readonly items: readonly Item[]
  /** Where to go on from; `null` at the end. */
  readonly cursor: Cursor | null
}

export interface Pages<Item> {
  /** `null` until the first page is there. */
  readonly items: readonly Item[] | null
  readonly error: unknown
  readonly hasMore: boolean
  readonly isLoading: boolean
  /** Does nothing while it does so already, or at the end. */
  readonly loadMore: () => void
  /** After an error: what could not be read. */
  readonly retry: () => void
  /** Reads from the beginning, and shows what was there until then. */
  readonly reload: () => void
  /** For what I have changed myself: shown before it is read again. */
  readonly change: (with_: (items: readonly Item[]) => readonly Item[]) => void
}

/** `cursor` is `null` for the first page; `known` is how many items were shown before a reload. */
export type ReadPage<Item, Cursor> = (
  cursor: Cursor | null,
  signal: AbortSignal,
  known: number,
) => Promise<Page<Item, Cursor>>

interface State<Item, Cursor> {
  readonly key: string
  readonly items: readonly Item[] | null
  readonly cursor: Cursor | null
  readonly error: unknown
  /** Where what failed began. */
  readonly failedAt: Cursor | null
  readonly isLoading: boolean
}

const begun = <Item, Cursor>(key: string): State<Item, Cursor> => ({
  key,
  items: null,
  cursor: null,
  error: null,
  failedAt: null,
  isLoading: true,
})

/**
 * A list that is read page by page. Another `key` is another list, which begins anew; another
 * `version` is the same list, read again in the background.
 */
export function usePages<Item, Cursor = string>(
  key: string,
  read: ReadPage<Item, Cursor>,
  version: number | string = 0,
): Pages<Item> {
  const [kept, setState] = useState<State<Item, Cursor>>(() => begun(key))
  const [round, setRound] = useState(0)
  const running = useRef<AbortController | null>(null)
  // What belongs to another key is not shown for a moment either.
  const state = kept.key === key ? kept : begun<Item, Cursor>(key)
  const now = useRef(state)
  useEffect(() => {
    now.current = state
  })

  const start = useEffectEvent(async (from: Cursor | null): Promise<void> => {
    running.current?.abort()
    const stop = new AbortController()
    running.current = stop
    const { items } = now.current
    const before = from === null ? [] : (items ?? [])
    setState({ ...now.current, isLoading: true, error: null })
    try {
      const page = await read(from, stop.signal, from === null ? (items?.length ?? 0) : 0)
      if (stop.signal.aborted) return
      const all = [...before, ...page.items]
      setState({ ...begun(key), items: all, cursor: page.cursor, isLoading: false })
    } catch (error) {
      if (stop.signal.aborted) return
      setState({ ...now.current, error, failedAt: from, isLoading: false })
    }
  })

  useEffect(() => {
    void start(null)
    return () => running.current?.abort()
  }, [key, round, version])

  const { items, cursor, error, failedAt, isLoading } = state
  return {
    items,
    error,
    hasMore: cursor !== null,
    isLoading,
    loadMore: () => {
      if (error === null && !isLoading && cursor !== null) void start(cursor)
    },
    retry: () => {
      if (!isLoading) void start(failedAt)
    },
    reload: () => setRound(round + 1),
    change: (with_) => {
      const { items: shown } = now.current
      if (shown !== null) setState({ ...now.current, items: with_(shown) })
    },
  }
}
