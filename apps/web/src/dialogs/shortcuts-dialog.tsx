import type { ReactElement } from 'react'
import { Modal } from '../ui/modal.tsx'
import type { DialogProps } from './dialog-props.ts'
import { ShortcutTable } from './shortcut-table.tsx'

export function ShortcutsDialog({ isOpen, onClose }: DialogProps): ReactElement {
  return (
    <Modal
      title="Keyboard shortcuts"
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <ShortcutTable />
    </Modal>
  )
}
