import { useState } from 'react'
import { type MentionQuery, mentionAt, putMention } from './mention-words.ts'
import type { PickedPeople } from './use-composer-send.ts'
import { type MentionOption, useMentionList } from './use-mention-list.ts'

export interface Mentioning {
  readonly options: readonly MentionOption[]
  readonly selected: number
  readonly select: (index: number) => void
  readonly pick: (option: MentionOption) => void
  /** The text or the caret has changed. */
  readonly look: () => void
  readonly shut: () => void
  /** Whether the list has taken the key. */
  readonly onKey: (key: string) => boolean
}

export interface MentioningOptions {
  readonly setText: (text: string) => void
  readonly field: { readonly current: HTMLTextAreaElement | null }
  readonly picked: PickedPeople
}

/** A name that is being written after an @, and who it may be. */
export function useMentioning({ setText, field, picked }: MentioningOptions): Mentioning {
  const [query, setQuery] = useState<MentionQuery | null>(null)
  const [at, setAt] = useState(0)
  /** The @ at which the list was shut by hand. */
  const [leftAt, setLeftAt] = useState<number | null>(null)
  const isOpen = query !== null && query.from !== leftAt
  const options = useMentionList(isOpen ? query.words : null)
  const selected = Math.min(at, Math.max(0, options.length - 1))

  const look = (): void => {
    const element = field.current
    if (element === null) return
    const { value, selectionStart, selectionEnd } = element
    const next = selectionStart === selectionEnd ? mentionAt(value, selectionStart) : null
    if (next?.from === query?.from && next?.words === query?.words) return
    if (next?.from !== leftAt) setLeftAt(null)
    setQuery(next)
    setAt(0)
  }
  const pick = (option: MentionOption): void => {
    if (query === null) return
    const put = putMention(field.current?.value ?? '', query, option.name)
    picked.add({ userId: option.userId, name: option.name })
    setText(put.text)
    setQuery(null)
    setTimeout(() => {
      field.current?.focus()
      field.current?.setSelectionRange(put.caret, put.caret)
    }, 0)
  }
  const onKey = (key: string): boolean => {
    const option = options[selected]
    if (option === undefined) return false
    if (key === 'ArrowDown') setAt((selected + 1) % options.length)
    else if (key === 'ArrowUp') setAt((selected + options.length - 1) % options.length)
    else if (key === 'Enter' || key === 'Tab') pick(option)
    else if (key === 'Escape') setLeftAt(query?.from ?? null)
    else return false
    return true
  }
  return { options, selected, select: setAt, pick, look, shut: () => setQuery(null), onKey }
}
