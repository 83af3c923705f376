import type { KeyboardEvent } from 'react'
import { useScope } from './conversation-scope.tsx'
import type { ComposerText } from './use-composer-text.ts'
import type { ComposerSuggest } from './use-composer-suggest.tsx'

/** On a phone Enter begins a line, and the button sends. */
const isTouch = (): boolean => matchMedia('(pointer: coarse) and (hover: none)').matches

export interface ComposerKeyPorts {
  readonly words: ComposerText
  readonly suggest: ComposerSuggest
  readonly onEnter: () => void
}

/** What the keys do in the field. */
export function useComposerKeys({
  words: { target, text, leave },
  suggest,
  onEnter,
}: ComposerKeyPorts): (event: KeyboardEvent<HTMLTextAreaElement>) => void {
  const scope = useScope()

  const editLast = (): boolean => {
    if (text !== '' || target.name !== 'new') return false
    const message = scope.list.current?.lastMine()
    if (message === undefined || message.text === null) return false
    scope.target.set({ name: 'edit', message })
    return true
  }
  const take = ({ key, shiftKey, altKey }: KeyboardEvent): boolean => {
    if (suggest.onKey(key)) return true
    if (key === 'Enter' && !shiftKey && !altKey && !isTouch()) {
      onEnter()
      return true
    }
    if (key === 'Escape' && target.name !== 'new') {
      leave()
      return true
    }
    return key === 'ArrowUp' && editLast()
  }
  return (event) => {
    // Enter and the arrows choose a candidate while somebody composes Chinese or Japanese.
    // Some browsers only say it by the old code of the key.
    if (event.nativeEvent.isComposing || event.keyCode === 229 || !take(event)) return
    event.preventDefault()
    event.stopPropagation()
  }
}
