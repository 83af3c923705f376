import { Search, X } from 'lucide-react'
import type { ReactElement, Ref } from 'react'
import {
  SearchField as AriaSearchField,
  type SearchFieldProps as AriaSearchFieldProps,
  Button,
  Input,
} from 'react-aria-components'
import './field.css'

export interface SearchFieldProps extends Omit<
  AriaSearchFieldProps,
  'children' | 'className' | 'style'
> {
  /** Said by screen readers; shown as the placeholder unless there is one. */
  readonly label: string
  readonly placeholder?: string
  readonly ref?: Ref<HTMLInputElement>
}

/** Escape and the cross empty it. */
export function SearchField({ label, placeholder, ref, ...rest }: SearchFieldProps): ReactElement {
  return (
    <AriaSearchField {...rest} aria-label={label} className="ui-search">
      <Search size={16} aria-hidden />
      <Input
        {...(ref === undefined ? {} : { ref })}
        className="ui-search-input"
        placeholder={placeholder ?? label}
      />
      <Button className="ui-search-clear" aria-label="Clear">
        <X size={15} aria-hidden />
      </Button>
    </AriaSearchField>
  )
}
