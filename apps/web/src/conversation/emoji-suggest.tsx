import type { ReactElement } from 'react'
import type { EmojiName } from './emoji-names.ts'
import { SuggestList } from './suggest-list.tsx'
import type { Suggest } from './use-suggest.ts'

export interface EmojiSuggestProps {
  readonly id: string
  readonly suggest: Suggest<EmojiName>
}

/** Emoji by their names. */
export function EmojiSuggest({ id, suggest }: EmojiSuggestProps): ReactElement {
  return (
    <SuggestList id={id} label="Emoji by name" suggest={suggest} keyOf={([emoji]) => emoji}>
      {([emoji, name, [code]]) => (
        <>
          <span className="conv-suggest-emoji" aria-hidden>
            {emoji}
          </span>
          <bdi className="truncate">{name}</bdi>
          {code !== undefined && (
            <span className="conv-suggest-note truncate" aria-hidden>
              :{code}:
            </span>
          )}
        </>
      )}
    </SuggestList>
  )
}
