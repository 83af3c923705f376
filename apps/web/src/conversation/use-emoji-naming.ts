import { useEffect, useMemo, useState } from 'react'
import { emojiAt, type EmojiName, findEmoji, loadEmojiNames } from './emoji-names.ts'
import { type Suggest, type SuggestField, suggestOf, useSuggestState } from './use-suggest.ts'

/** The name of an emoji that is being written after a colon, and which it may be. */
export function useEmojiNaming(field: SuggestField): Suggest<EmojiName> {
  const state = useSuggestState(field, emojiAt)
  const { words } = state
  const [names, setNames] = useState<readonly EmojiName[]>([])
  const isWanted = words !== null && names.length === 0
  useEffect(() => {
    if (!isWanted) return
    let isHere = true
    // Without them one takes the picker, or writes on.
    loadEmojiNames().then(
      (all) => isHere && setNames(all),
      () => undefined,
    )
    return () => {
      isHere = false
    }
  }, [isWanted, words])
  const options = useMemo(() => (words === null ? [] : findEmoji(names, words)), [names, words])
  return suggestOf(state, options, ([emoji]) => emoji)
}
