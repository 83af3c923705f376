import type { LucideIcon } from 'lucide-react'
import type { ReactElement, Ref } from 'react'
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'
import { Spinner } from './spinner.tsx'
import { Tooltip, type TooltipSide } from './tooltip.tsx'
import './button.css'

export interface IconButtonProps extends Omit<
  AriaButtonProps,
  'children' | 'className' | 'style' | 'aria-label'
> {
  /** Said by screen readers and shown in the tooltip. */
  readonly label: string
  readonly icon: LucideIcon
  /** Keys for the tooltip, as for `Kbd`. */
  readonly shortcut?: string
  readonly size?: 'md' | 'sm'
  readonly variant?: 'quiet' | 'primary' | 'danger'
  /** For one that opens and shuts something: said as pressed. */
  readonly isSelected?: boolean
  readonly tooltipSide?: TooltipSide
  readonly className?: string
  readonly ref?: Ref<HTMLButtonElement>
}

/** A button that is a picture. */
export function IconButton({
  label,
  icon: Icon,
  shortcut,
  size = 'md',
  variant = 'quiet',
  isSelected,
  tooltipSide = 'bottom',
  className = '',
  ...rest
}: IconButtonProps): ReactElement {
  return (
    <Tooltip text={label} side={tooltipSide} {...(shortcut === undefined ? {} : { shortcut })}>
      <AriaButton
        {...rest}
        {...(isSelected === undefined ? {} : { 'aria-pressed': isSelected })}
        aria-label={label}
        className={`ui-icon-button ${className}`}
        data-size={size}
        data-variant={variant}
        data-selected={isSelected || undefined}
      >
        {rest.isPending === true ? (
          <Spinner label="Please wait" size={16} />
        ) : (
          <Icon size={size === 'sm' ? 17 : 19} aria-hidden />
        )}
      </AriaButton>
    </Tooltip>
  )
}
