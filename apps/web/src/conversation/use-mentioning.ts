import { mentionAt } from './mention-words.ts'
import type { PickedPeople } from './use-composer-send.ts'
import { type MentionOption, useMentionList } from './use-mention-list.ts'
import { type Suggest, type SuggestField, suggestOf, useSuggestState } from './use-suggest.ts'

/** A name that is being written after an @, and who it may be. */
export function useMentioning(field: SuggestField, picked: PickedPeople): Suggest<MentionOption> {
  const state = useSuggestState(field, mentionAt)
  const options = useMentionList(state.words)
  return suggestOf(state, options, ({ userId, name }) => {
    picked.add({ userId, name })
    return `@${name}`
  })
}
