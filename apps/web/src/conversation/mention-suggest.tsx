import type { ReactElement } from 'react'
import { AtSign } from 'lucide-react'
import { Avatar } from '../ui/avatar.tsx'
import type { MentionOption } from './use-mention-list.ts'

export interface MentionSuggestProps {
  readonly id: string
  readonly options: readonly MentionOption[]
  readonly selected: number
  readonly onPick: (option: MentionOption) => void
  readonly onSelect: (index: number) => void
}

/** People to mention, above the field. The keyboard stays in the field. */
export function MentionSuggest(props: MentionSuggestProps): ReactElement {
  const { id, options, selected, onPick, onSelect } = props
  return (
    <div className="conv-suggest" role="listbox" id={id} aria-label="Mention somebody">
      {options.map((option, index) => (
        <div
          key={option.userId ?? option.name}
          id={`${id}-${index}`}
          className="conv-suggest-option"
          role="option"
          aria-selected={index === selected}
          // The field must keep the focus.
          onPointerDown={(event) => event.preventDefault()}
          onPointerMove={() => onSelect(index)}
          onClick={() => onPick(option)}
        >
          {option.userId === null ? (
            <span className="conv-suggest-all">
              <AtSign size={15} aria-hidden />
            </span>
          ) : (
            <Avatar name={option.name} seed={option.userId} url={option.avatarUrl} size={26} />
          )}
          <bdi className="truncate">{option.name}</bdi>
          <span className="conv-suggest-note truncate" dir="auto">
            {option.note}
          </span>
        </div>
      ))}
    </div>
  )
}
