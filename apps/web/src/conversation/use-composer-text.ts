import { useDraft, useStore } from '@parley/react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { type ComposerTarget, useScope } from './conversation-scope.tsx'

export interface ComposerText {
  readonly target: ComposerTarget
  readonly text: string
  readonly setText: (text: string) => void
  /** Back to a new message, with its draft as it was. */
  readonly leave: () => void
}

interface Edited {
  readonly key: string
  readonly text: string
}

/** The draft of this place; while a message is edited its words, and the draft waits. */
export function useComposerText(): ComposerText {
  const { roomId, threadId, target, field } = useScope()
  const [draft, setDraft] = useDraft(roomId, threadId)
  const now = useStore(target)
  const [edited, setEdited] = useState<Edited | null>(null)
  const isEdit = now.name === 'edit'
  const key = isEdit ? now.message.key : null
  if (key !== null && edited?.key !== key) {
    setEdited({ key, text: now.name === 'edit' ? (now.text ?? now.message.text ?? '') : '' })
  } else if (key === null && edited !== null) setEdited(null)

  const first = useRef(true)
  useEffect(() => {
    if (first.current) {
      first.current = false
      return
    }
    const at = field.current
    if (at === null) return
    const toEnd = (): void => {
      if (document.activeElement === at) return
      at.focus()
      at.setSelectionRange(at.value.length, at.value.length)
    }
    // At once: whoever types on must not lose the first letters.
    toEnd()
    // A menu gives the focus back to its row after it was shut.
    const timer = setTimeout(toEnd, 30)
    return () => clearTimeout(timer)
  }, [now, field])

  const setText = useCallback(
    (text: string): void => {
      if (key === null) setDraft(text)
      else setEdited({ key, text })
    },
    [key, setDraft],
  )
  const leave = useCallback(() => target.set({ name: 'new' }), [target])
  const text = isEdit ? (edited?.key === key ? (edited?.text ?? '') : '') : draft
  return { target: now, text, setText, leave }
}
