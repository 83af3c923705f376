import { Check, ChevronDown } from 'lucide-react'
import type { ReactElement } from 'react'
import {
  Select as AriaSelect,
  Button,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
} from 'react-aria-components'
import './field.css'
import './overlay.css'

export interface SelectOption<Value extends string> {
  readonly value: Value
  readonly label: string
  readonly note?: string
}

export interface SelectProps<Value extends string> {
  readonly label: string
  readonly options: readonly SelectOption<Value>[]
  readonly value: Value | null
  readonly onChange: (value: Value) => void
  readonly isDisabled?: boolean
  /** The label is only said. */
  readonly isLabelHidden?: boolean
  readonly placeholder?: string
}

export function Select<Value extends string>({
  label,
  options,
  value,
  onChange,
  isDisabled = false,
  isLabelHidden = false,
  placeholder = 'Choose',
}: SelectProps<Value>): ReactElement {
  return (
    <AriaSelect
      className="ui-field"
      value={value}
      onChange={(key) => {
        const chosen = options.find((option) => option.value === key)
        if (chosen !== undefined) onChange(chosen.value)
      }}
      isDisabled={isDisabled}
      placeholder={placeholder}
      {...(isLabelHidden ? { 'aria-label': label } : {})}
    >
      {!isLabelHidden && <Label className="ui-field-label">{label}</Label>}
      <Button className="ui-input ui-select">
        <SelectValue className="truncate">
          {({ selectedText, defaultChildren }) => selectedText ?? defaultChildren}
        </SelectValue>
        <ChevronDown size={16} aria-hidden />
      </Button>
      <Popover className="ui-menu-popover ui-select-list" offset={4}>
        <ListBox className="ui-menu" aria-label={label}>
          {options.map((option) => (
            <ListBoxItem
              key={option.value}
              id={option.value}
              textValue={option.label}
              className="ui-menu-item"
            >
              {({ isSelected }) => (
                <>
                  <span className="ui-menu-words">
                    <span>{option.label}</span>
                    {option.note !== undefined && (
                      <span className="ui-menu-note">{option.note}</span>
                    )}
                  </span>
                  {isSelected && <Check size={16} aria-hidden />}
                </>
              )}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}
