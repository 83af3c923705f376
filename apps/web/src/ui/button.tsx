import type { LucideIcon } from 'lucide-react'
import type { ReactElement, ReactNode, Ref } from 'react'
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'
import { Spinner } from './spinner.tsx'
import './button.css'

export interface ButtonProps extends Omit<AriaButtonProps, 'children' | 'className' | 'style'> {
  readonly children: ReactNode
  /** One `primary` a view. `quiet` has no edge. */
  readonly variant?: 'primary' | 'secondary' | 'quiet' | 'danger'
  readonly size?: 'md' | 'sm'
  readonly icon?: LucideIcon
  readonly isWide?: boolean
  readonly className?: string
  readonly ref?: Ref<HTMLButtonElement>
}

/** A button with words. `isPending` shows a spinner and keeps the focus. */
export function Button({
  children,
  variant = 'secondary',
  size = 'md',
  icon: Icon,
  isWide = false,
  className = '',
  ...rest
}: ButtonProps): ReactElement {
  const isPending = rest.isPending ?? false
  return (
    <AriaButton
      {...rest}
      className={`ui-button ${className}`}
      data-variant={variant}
      data-size={size}
      data-wide={isWide || undefined}
    >
      <span className="ui-button-face">
        {Icon !== undefined && <Icon size={size === 'sm' ? 15 : 17} aria-hidden />}
        {children}
      </span>
      {isPending && (
        <span className="ui-button-wait">
          <Spinner label="Please wait" size={16} />
        </span>
      )}
    </AriaButton>
  )
}
