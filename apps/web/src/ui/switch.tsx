import type { ReactElement, ReactNode } from 'react'
import { Switch as AriaSwitch } from 'react-aria-components'
import './field.css'

export interface SwitchProps {
  readonly label: string
  readonly note?: ReactNode
  readonly isSelected: boolean
  readonly onChange: (isSelected: boolean) => void
  readonly isDisabled?: boolean
}

/** Takes effect at once. The words are on the left, the switch is at the end of the line. */
export function Switch({
  label,
  note,
  isSelected,
  onChange,
  isDisabled = false,
}: SwitchProps): ReactElement {
  return (
    <AriaSwitch
      className="ui-switch"
      isSelected={isSelected}
      onChange={onChange}
      isDisabled={isDisabled}
    >
      <span className="ui-switch-words">
        <span>{label}</span>
        {note !== undefined && <span className="ui-field-note">{note}</span>}
      </span>
      <span className="ui-switch-track">
        <span className="ui-switch-thumb" />
      </span>
    </AriaSwitch>
  )
}
