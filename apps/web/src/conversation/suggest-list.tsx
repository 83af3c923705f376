import type { ReactElement, ReactNode } from 'react'
import type { Suggest } from './use-suggest.ts'

export interface SuggestListProps<Option> {
  readonly id: string
  readonly label: string
  readonly suggest: Suggest<Option>
  readonly keyOf: (option: Option) => string
  readonly children: (option: Option) => ReactNode
}

/** What may be meant, above the field. The keyboard stays in the field. */
export function SuggestList<Option>(props: SuggestListProps<Option>): ReactElement {
  const { id, label, suggest, keyOf, children } = props
  return (
    <div className="conv-suggest" role="listbox" id={id} aria-label={label}>
      {suggest.options.map((option, index) => (
        <div
          key={keyOf(option)}
          id={`${id}-${index}`}
          className="conv-suggest-option"
          role="option"
          aria-selected={index === suggest.selected}
          // The field must keep the focus.
          onPointerDown={(event) => event.preventDefault()}
          onPointerMove={() => suggest.select(index)}
          onClick={() => suggest.pick(option)}
        >
          {children(option)}
        </div>
      ))}
    </div>
  )
}
