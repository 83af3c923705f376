import type { ReactElement } from 'react'
import './small.css'

export interface SpinnerProps {
  /** Said by screen readers. */
  readonly label: string
  readonly size?: number
}

export function Spinner({ label, size = 20 }: SpinnerProps): ReactElement {
  return (
    <span className="ui-spinner" role="img" aria-label={label}>
      <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden>
        <circle cx="12" cy="12" r="9" stroke="currentColor" strokeWidth="3" opacity="0.25" />
        <path
          d="M21 12a9 9 0 0 0-9-9"
          stroke="currentColor"
          strokeWidth="3"
          strokeLinecap="round"
        />
      </svg>
    </span>
  )
}
