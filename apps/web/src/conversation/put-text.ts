import { flushSync } from 'react-dom'
import type { SuggestField } from './use-suggest.ts'

/**
 * Puts a text into the field and the caret where it goes on.
 * At once: a letter typed before the caret is there would land elsewhere.
 */
export function putText({ field, setText }: SuggestField, text: string, caret: number): void {
  flushSync(() => setText(text))
  const at = field.current
  at?.setSelectionRange(caret, caret)
  at?.focus()
}
