import { X } from 'lucide-react'
import { type ReactElement, type ReactNode, useRef } from 'react'
import { Dialog, Heading, Modal as AriaModal, ModalOverlay } from 'react-aria-components'
import { IconButton } from './icon-button.tsx'
import { useKeptFocus } from './use-kept-focus.ts'
import './modal.css'

export interface ModalProps {
  readonly title: string
  readonly isOpen: boolean
  readonly onOpenChange: (isOpen: boolean) => void
  readonly size?: 'sm' | 'md' | 'lg'
  /** Buttons at the bottom, which stay in sight. The last one is the main one. */
  readonly footer?: ReactNode
  /** The content goes to the edges. */
  readonly isFlush?: boolean
  readonly role?: 'dialog' | 'alertdialog'
  readonly children: ReactNode
}

/** In the middle; on phones a sheet from below. Shuts by Escape and by a press outside. */
export function Modal({ isOpen, size = 'md', ...rest }: ModalProps): ReactElement {
  const { onOpenChange, role = 'dialog' } = rest
  return (
    <ModalOverlay
      className="ui-scrim"
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      isDismissable={role === 'dialog'}
    >
      <AriaModal className="ui-modal" data-size={size}>
        <Content {...rest} role={role} />
      </AriaModal>
    </ModalOverlay>
  )
}

function Content({
  title,
  onOpenChange,
  footer,
  isFlush = false,
  role,
  children,
}: Omit<ModalProps, 'isOpen' | 'size'>): ReactElement {
  const dialog = useRef<HTMLElement>(null)
  useKeptFocus(dialog)
  return (
    <Dialog ref={dialog} className="ui-dialog" {...(role === undefined ? {} : { role })}>
      <header className="ui-dialog-head">
        <Heading slot="title" level={2} className="ui-dialog-title">
          {title}
        </Heading>
        {role === 'dialog' && (
          <IconButton label="Close" icon={X} onPress={() => onOpenChange(false)} />
        )}
      </header>
      <div className="ui-dialog-body" data-flush={isFlush || undefined}>
        {children}
      </div>
      {footer !== undefined && <footer className="ui-dialog-foot">{footer}</footer>}
    </Dialog>
  )
}
