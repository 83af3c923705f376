import type { ReactElement } from 'react'
import { ProgressBar as AriaProgressBar } from 'react-aria-components'
import './small.css'

export interface ProgressBarProps {
  readonly label: string
  /** From 0 to 1. */
  readonly value: number
}

export function ProgressBar({ label, value }: ProgressBarProps): ReactElement {
  return (
    <AriaProgressBar className="ui-progress" aria-label={label} value={Math.round(value * 100)}>
      {({ percentage }) => <span style={{ width: `${percentage ?? 0}%` }} />}
    </AriaProgressBar>
  )
}
