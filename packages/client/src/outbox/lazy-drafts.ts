import { laterMethods } from '../later-methods.ts'
import { loadLater } from '../load-later.ts'
import { createStore } from '../store.ts'
import type { CreatedDrafts, DraftsPorts } from './create-drafts.ts'

/** Drafts whose code is fetched beside the first request. What is set before waits for it, in order. */
export function createLazyDrafts({
  account,
  ...ports
}: DraftsPorts & { readonly account: Promise<string | null> }): CreatedDrafts {
  const rooms = createStore<ReadonlySet<string>>(new Set())
  const drafts = loadLater(async () => {
    const [{ createDrafts }, { createDraftSpill }] = await Promise.all([
      import('./create-drafts.ts'),
      import('./draft-spill.ts'),
    ])
    const made = createDrafts({ ...ports, spill: createDraftSpill(account) })
    const show = (): void => rooms.set(made.rooms.current)
    show()
    made.rooms.subscribe(show)
    return made
  })
  // Whoever asks for something is told of a failure, and asks again.
  drafts().catch(() => undefined)
  return {
    rooms,
    ...laterMethods(drafts, ['get', 'flush']),
    set: (roomId, text, threadId) =>
      void drafts().then(
        (made) => made.set(roomId, text, threadId),
        (error: unknown) => ports.onWarning?.('A draft could not be kept.', error),
      ),
    // Without the code there is nothing to be closed.
    close: () =>
      drafts().then(
        (made) => made.close(),
        () => undefined,
      ),
  }
}
