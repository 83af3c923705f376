import { useCallback, useEffect, useState } from 'react'
import { useChat } from './chat-context.ts'
import { createDraftEditor, type DraftEditor } from './draft-editor.ts'
import { useStore } from './use-store.ts'

export type SetDraft = (text: string | ((text: string) => string)) => void

/**
 * Words that were begun and not sent: kept by the client, over a reload too. `isLoaded` tells whether what
 * was kept has been read. What is typed before is put after it, so nothing is lost either way.
 */
export function useDraft(
  roomId: string,
  threadId?: number,
): readonly [text: string, setText: SetDraft, isLoaded: boolean] {
  const { drafts } = useChat().outbox
  const make = (): DraftEditor => createDraftEditor(drafts, roomId, threadId)
  const [editor, setEditor] = useState(make)
  let used = editor
  if (!editor.isFor(drafts, roomId, threadId)) {
    // The one of the room before must not be shown, or written to, for even one render.
    used = make()
    setEditor(used)
  }
  useEffect(() => used.load(), [used])
  const { text, isLoaded } = useStore(used.state)
  const setText = useCallback<SetDraft>((change) => used.write(change), [used])
  return [text, setText, isLoaded]
}
