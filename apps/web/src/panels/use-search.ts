import {
  type Chat,
  createStore,
  type SearchHit,
  type SearchQuery,
  type WritableStore,
} from '@parley/client'
import { useChat, useMe, useStore } from '@parley/react'
import { useMemo } from 'react'
import { createRecentSearches, type RecentSearches } from './recent-searches.ts'
import { EMPTY_FORM, searchQuery, type SearchForm } from './search-form.ts'
import { useSettled } from './use-members.ts'
import { usePages, type Pages } from './use-pages.ts'

const TYPING_MS = 250
const PAGE = 25

/** Kept while one goes from hit to hit through the rooms. */
const forms = new WeakMap<Chat, WritableStore<SearchForm>>()

function formOf(chat: Chat): WritableStore<SearchForm> {
  const kept = forms.get(chat)
  if (kept !== undefined) return kept
  const form = createStore(EMPTY_FORM)
  forms.set(chat, form)
  return form
}

export interface UsedSearch {
  readonly form: SearchForm
  readonly change: (change: Partial<SearchForm>) => void
  /** There is something to look for. */
  readonly isOn: boolean
  /** What is shown is not what was typed last. */
  readonly isTyping: boolean
  readonly pages: Pages<SearchHit>
  readonly recent: RecentSearches
}

export function useSearch(roomId: string): UsedSearch {
  const chat = useChat()
  const userId = useMe()?.id ?? ''
  const store = useMemo(() => formOf(chat), [chat])
  const form = useStore(store)
  const recent = useMemo(() => createRecentSearches(localStorage, userId), [userId])
  const key = JSON.stringify(searchQuery(form, roomId))
  const settled = useSettled(key, TYPING_MS)
  const pages = usePages<SearchHit>(settled, async (cursor, signal) => {
    const query = JSON.parse(settled) as SearchQuery | null
    if (query === null) return { items: [], cursor: null }
    const page = await chat.search(
      { ...query, limit: PAGE, ...(cursor !== null && { cursor }) },
      signal,
    )
    return { items: page.hits, cursor: page.cursor }
  })
  return {
    form,
    change: (change) => store.set({ ...store.current, ...change }),
    isOn: key !== 'null',
    isTyping: key !== settled,
    pages,
    recent,
  }
}
