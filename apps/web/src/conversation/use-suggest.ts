import { useState } from 'react'
import { putText } from './put-text.ts'

/** What is being written after a sign that asks for suggestions. */
export interface SuggestQuery {
  /** Of the sign. */
  readonly from: number
  readonly words: string
}

export interface Suggest<Option> {
  readonly options: readonly Option[]
  readonly selected: number
  readonly select: (index: number) => void
  readonly pick: (option: Option) => void
  /** The text or the caret has changed. */
  readonly look: () => void
  readonly shut: () => void
  /** Whether the list has taken the key. */
  readonly onKey: (key: string) => boolean
}

export interface SuggestField {
  readonly field: { readonly current: HTMLTextAreaElement | null }
  readonly setText: (text: string) => void
}

export interface SuggestState extends SuggestField {
  readonly query: SuggestQuery | null
  /** `null`: nothing is asked for, or the list was shut by hand. */
  readonly words: string | null
  readonly at: number
  readonly setAt: (index: number) => void
  readonly look: () => void
  readonly shut: () => void
  readonly leave: () => void
}

/** Follows what is written at the caret. */
export function useSuggestState(
  { field, setText }: SuggestField,
  queryAt: (text: string, caret: number) => SuggestQuery | null,
): SuggestState {
  const [query, setQuery] = useState<SuggestQuery | null>(null)
  const [at, setAt] = useState(0)
  /** The sign at which the list was shut by hand. */
  const [leftAt, setLeftAt] = useState<number | null>(null)

  const look = (): void => {
    const element = field.current
    if (element === null) return
    const { value, selectionStart, selectionEnd } = element
    const next = selectionStart === selectionEnd ? queryAt(value, selectionStart) : null
    if (next?.from === query?.from && next?.words === query?.words) return
    if (next?.from !== leftAt) setLeftAt(null)
    setQuery(next)
    setAt(0)
  }
  return {
    field,
    setText,
    query,
    words: query === null || query.from === leftAt ? null : query.words,
    at,
    setAt,
    look,
    shut: () => setQuery(null),
    leave: () => setLeftAt(query?.from ?? null),
  }
}

/** The suggestions for it. `put` says what takes the place of what was begun. */
export function suggestOf<Option>(
  state: SuggestState,
  options: readonly Option[],
  put: (option: Option) => string,
): Suggest<Option> {
  const { query, field, setAt, look, shut } = state
  const selected = Math.min(state.at, Math.max(0, options.length - 1))
  const pick = (option: Option): void => {
    if (query === null) return
    const { text, caret } = putSuggestion(field.current?.value ?? '', query, put(option))
    shut()
    putText(state, text, caret)
  }
  const onKey = (key: string): boolean => {
    const option = options[selected]
    if (option === undefined) return false
    if (key === 'ArrowDown') setAt((selected + 1) % options.length)
    else if (key === 'ArrowUp') setAt((selected + options.length - 1) % options.length)
    else if (key === 'Enter' || key === 'Tab') pick(option)
    else if (key === 'Escape') state.leave()
    else return false
    return true
  }
  return { options, selected, select: setAt, pick, look, shut, onKey }
}

/** The text with it in place of what was begun, one blank after it, and where the caret is then. */
export function putSuggestion(
  text: string,
  { from, words }: SuggestQuery,
  chosen: string,
): { readonly text: string; readonly caret: number } {
  const to = from + 1 + words.length
  const put = `${chosen} `
  const rest = text.slice(to).replace(/^ /u, '')
  return { text: text.slice(0, from) + put + rest, caret: from + put.length }
}
