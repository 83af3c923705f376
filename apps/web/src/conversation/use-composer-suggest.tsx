import { type ReactElement, useId } from 'react'
import { EmojiSuggest } from './emoji-suggest.tsx'
import { MentionSuggest } from './mention-suggest.tsx'
import type { PickedPeople } from './use-composer-send.ts'
import { useEmojiNaming } from './use-emoji-naming.ts'
import { useMentioning } from './use-mentioning.ts'
import type { SuggestField } from './use-suggest.ts'

export interface ComposerSuggest {
  /** The list that is open. */
  readonly list: ReactElement | null
  /** What the field says of it. */
  readonly fieldProps: Readonly<Record<'aria-controls' | 'aria-activedescendant', string>> | null
  /** The text or the caret has changed. */
  readonly look: () => void
  readonly shut: () => void
  /** Whether the list has taken the key. */
  readonly onKey: (key: string) => boolean
}

/** What the field offers while one writes: people after an @, emoji after a colon. One at a time. */
export function useComposerSuggest(field: SuggestField, picked: PickedPeople): ComposerSuggest {
  const id = useId()
  const mentioning = useMentioning(field, picked)
  const emoji = useEmojiNaming(field)
  const isEmoji = emoji.options.length > 0
  const open = isEmoji ? emoji : mentioning
  const hasAny = open.options.length > 0
  return {
    list: !hasAny ? null : isEmoji ? (
      <EmojiSuggest id={id} suggest={emoji} />
    ) : (
      <MentionSuggest id={id} suggest={mentioning} />
    ),
    fieldProps: hasAny
      ? { 'aria-controls': id, 'aria-activedescendant': `${id}-${open.selected}` }
      : null,
    look: () => {
      mentioning.look()
      emoji.look()
    },
    shut: () => {
      mentioning.shut()
      emoji.shut()
    },
    onKey: open.onKey,
  }
}
