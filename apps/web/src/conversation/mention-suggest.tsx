import { AtSign } from 'lucide-react'
import type { ReactElement } from 'react'
import { Avatar } from '../ui/avatar.tsx'
import { SuggestList } from './suggest-list.tsx'
import type { MentionOption } from './use-mention-list.ts'
import type { Suggest } from './use-suggest.ts'

export interface MentionSuggestProps {
  readonly id: string
  readonly suggest: Suggest<MentionOption>
}

/** People to mention. */
export function MentionSuggest({ id, suggest }: MentionSuggestProps): ReactElement {
  return (
    <SuggestList
      id={id}
      label="Mention somebody"
      suggest={suggest}
      keyOf={({ userId, name }) => userId ?? name}
    >
      {({ userId, name, note, avatarUrl }) => (
        <>
          {userId === null ? (
            <span className="conv-suggest-all">
              <AtSign size={15} aria-hidden />
            </span>
          ) : (
            <Avatar name={name} seed={userId} url={avatarUrl} size={26} />
          )}
          <bdi className="truncate">{name}</bdi>
          <span className="conv-suggest-note truncate" dir="auto">
            {note}
          </span>
        </>
      )}
    </SuggestList>
  )
}
