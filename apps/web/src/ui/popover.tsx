import type { ReactElement, ReactNode, RefObject } from 'react'
import {
  Dialog,
  DialogTrigger,
  Popover as AriaPopover,
  type PopoverProps as AriaPopoverProps,
} from 'react-aria-components'
import './overlay.css'

export interface PopoverProps {
  /** Of what is inside, for screen readers. */
  readonly label: string
  /** A `Button` or `IconButton`. Without one: `isOpen` and `triggerRef`. */
  readonly trigger?: ReactNode
  readonly triggerRef?: RefObject<Element | null>
  readonly children: ReactNode | ((close: () => void) => ReactNode)
  readonly placement?: NonNullable<AriaPopoverProps['placement']>
  readonly isOpen?: boolean
  readonly onOpenChange?: (isOpen: boolean) => void
}

/** Something beside what opened it. Shuts by Escape, by a press outside, or by `close`. */
export function Popover({
  label,
  trigger,
  triggerRef,
  children,
  placement = 'bottom',
  isOpen,
  onOpenChange,
}: PopoverProps): ReactElement {
  const state = {
    ...(isOpen === undefined ? {} : { isOpen }),
    ...(onOpenChange === undefined ? {} : { onOpenChange }),
  }
  const own = trigger === undefined ? state : {}
  const popover = (
    <AriaPopover
      {...own}
      {...(triggerRef === undefined ? {} : { triggerRef })}
      className="ui-popover"
      placement={placement}
      offset={6}
    >
      <Dialog className="ui-popover-dialog" aria-label={label}>
        {({ close }) => (typeof children === 'function' ? children(close) : children)}
      </Dialog>
    </AriaPopover>
  )
  if (trigger === undefined) return popover
  return (
    <DialogTrigger {...state}>
      {trigger}
      {popover}
    </DialogTrigger>
  )
}
