import type { LucideIcon } from 'lucide-react'
import type { ReactElement } from 'react'
import { RadioGroup as AriaRadioGroup, Label, Radio } from 'react-aria-components'
import './field.css'

export interface RadioOption<Value extends string> {
  readonly value: Value
  readonly label: string
  readonly note?: string
  readonly icon?: LucideIcon
}

export interface RadioGroupProps<Value extends string> {
  readonly label: string
  readonly options: readonly RadioOption<Value>[]
  readonly value: Value
  readonly onChange: (value: Value) => void
  readonly isDisabled?: boolean
  /** `row` puts them side by side. */
  readonly layout?: 'column' | 'row'
}

export function RadioGroup<Value extends string>({
  label,
  options,
  value,
  onChange,
  isDisabled = false,
  layout = 'column',
}: RadioGroupProps<Value>): ReactElement {
  return (
    <AriaRadioGroup
      className="ui-field"
      value={value}
      isDisabled={isDisabled}
      onChange={(chosen) => {
        const option = options.find((each) => each.value === chosen)
        if (option !== undefined) onChange(option.value)
      }}
    >
      <Label className="ui-field-label">{label}</Label>
      <div className="ui-radios" data-layout={layout}>
        {options.map(({ icon: Icon, ...option }) => (
          <Radio key={option.value} value={option.value} className="ui-radio">
            <span className="ui-radio-dot" />
            {Icon !== undefined && <Icon size={17} aria-hidden />}
            <span className="ui-menu-words">
              <span>{option.label}</span>
              {option.note !== undefined && <span className="ui-field-note">{option.note}</span>}
            </span>
          </Radio>
        ))}
      </div>
    </AriaRadioGroup>
  )
}
