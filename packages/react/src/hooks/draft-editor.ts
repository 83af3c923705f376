import { createStore, type Drafts, type Store } from '@parley/client'

export interface DraftState {
  readonly text: string
  readonly isLoaded: boolean
}

export interface DraftEditor {
  readonly state: Store<DraftState>
  readonly isFor: (drafts: Drafts, roomId: string, threadId: number | undefined) => boolean
  /** Reads what is kept, once. */
  readonly load: () => void
  readonly write: (change: string | ((text: string) => string)) => void
}

/** The draft of one place while it is edited. Goes on with what it began when nobody shows it any more. */
export function createDraftEditor(drafts: Drafts, roomId: string, threadId?: number): DraftEditor {
  const state = createStore<DraftState>({ text: '', isLoaded: false })
  let isLoading = false

  const loaded = (kept: string): void => {
    const typed = state.current.text
    const text = [kept, typed].filter((part) => part !== '').join(/\s$/u.test(kept) ? '' : ' ')
    if (text !== kept) drafts.set(roomId, text, threadId)
    state.set({ text, isLoaded: true })
  }

  return {
    state,
    isFor: (others, room, thread) => others === drafts && room === roomId && thread === threadId,
    load() {
      if (isLoading) return
      isLoading = true
      drafts.get(roomId, threadId).then(loaded, () => loaded(''))
    },
    write(change) {
      const { text: before, isLoaded } = state.current
      const text = typeof change === 'string' ? change : change(before)
      if (text === before) return
      state.set({ text, isLoaded })
      // Until it is read, writing would put an end to what is kept.
      if (isLoaded) drafts.set(roomId, text, threadId)
    },
  }
}
