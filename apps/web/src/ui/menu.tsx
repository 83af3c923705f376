import type { LucideIcon } from 'lucide-react'
import type { ReactElement, ReactNode, RefObject } from 'react'
import {
  Menu as AriaMenu,
  MenuItem,
  MenuTrigger,
  Popover,
  type PopoverProps,
  Separator,
} from 'react-aria-components'
import { Check } from 'lucide-react'
import { Kbd } from './kbd.tsx'
import './overlay.css'

export interface MenuEntry {
  readonly id: string
  readonly label: string
  readonly onAction: () => void
  readonly icon?: LucideIcon
  /** A second line. */
  readonly note?: string
  readonly shortcut?: string
  readonly isDanger?: boolean
  readonly isDisabled?: boolean
  /** Shows a tick. */
  readonly isChosen?: boolean
}

/** `divider-…` is a line between groups. */
export type MenuEntries = readonly (MenuEntry | `divider-${string}`)[]

export interface MenuProps {
  readonly label: string
  readonly entries: MenuEntries
  /** A `Button` or `IconButton`. Without one: `isOpen`, `onOpenChange` and `triggerRef`. */
  readonly trigger?: ReactNode
  readonly triggerRef?: RefObject<Element | null>
  readonly placement?: NonNullable<PopoverProps['placement']>
  readonly isOpen?: boolean
  readonly onOpenChange?: (isOpen: boolean) => void
}

function Entry({ entry }: { readonly entry: MenuEntry }): ReactElement {
  const Icon = entry.icon
  return (
    <MenuItem
      id={entry.id}
      textValue={entry.label}
      className="ui-menu-item"
      data-danger={entry.isDanger === true || undefined}
      isDisabled={entry.isDisabled ?? false}
      onAction={entry.onAction}
    >
      {Icon !== undefined && <Icon size={17} aria-hidden />}
      <span className="ui-menu-words">
        <span>{entry.label}</span>
        {entry.note !== undefined && <span className="ui-menu-note">{entry.note}</span>}
      </span>
      {entry.isChosen === true && <Check size={16} aria-label="chosen" />}
      {entry.shortcut !== undefined && <Kbd keys={entry.shortcut} />}
    </MenuItem>
  )
}

/** What can be done with something. Arrow keys, letters and Escape work. */
export function Menu({
  label,
  entries,
  trigger,
  triggerRef,
  placement = 'bottom end',
  isOpen,
  onOpenChange,
}: MenuProps): ReactElement {
  const state = {
    ...(isOpen === undefined ? {} : { isOpen }),
    ...(onOpenChange === undefined ? {} : { onOpenChange }),
  }
  const own = trigger === undefined ? state : {}
  const popover = (
    <Popover
      {...own}
      {...(triggerRef === undefined ? {} : { triggerRef })}
      {...(trigger === undefined ? { 'aria-label': label } : {})}
      className="ui-menu-popover"
      placement={placement}
      offset={4}
    >
      <AriaMenu
        className="ui-menu"
        aria-label={label}
        {...(trigger === undefined && onOpenChange !== undefined
          ? { onClose: () => onOpenChange(false) }
          : {})}
      >
        {entries.map((entry) =>
          typeof entry === 'string' ? (
            <Separator key={entry} className="ui-menu-divider" />
          ) : (
            <Entry key={entry.id} entry={entry} />
          ),
        )}
      </AriaMenu>
    </Popover>
  )
  if (trigger === undefined) return popover
  return (
    <MenuTrigger {...state}>
      {trigger}
      {popover}
    </MenuTrigger>
  )
}
