import type { User } from '@parley/message-schema'
import { useChat } from '@parley/react'
import { type ReactElement, useState } from 'react'
import { navigate, roomHref } from '../app/route.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Modal } from '../ui/modal.tsx'
import type { DialogProps } from './dialog-props.ts'
import { PeoplePicker } from './people-picker.tsx'
import { useAction } from './use-action.ts'
import './dialogs.css'

/** Of one conversation, without me. */
const MAX_PEOPLE = 49

export function NewMessageDialog({ isOpen, onClose }: DialogProps): ReactElement {
  const { rooms } = useChat()
  const [chosen, setChosen] = useState<readonly User[]>([])
  const { run, isBusy, error, forget } = useAction()
  const close = (): void => {
    setChosen([])
    forget()
    onClose()
  }
  const start = async (): Promise<void> => {
    const room = await rooms.openDm(chosen.map(({ id }) => id))
    close()
    navigate(roomHref(room.id))
  }
  return (
    <Modal
      title="New message"
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) close()
      }}
      footer={
        <>
          <Button onPress={close}>Cancel</Button>
          <Button
            variant="primary"
            isDisabled={chosen.length === 0}
            isPending={isBusy}
            onPress={() => void run(start)}
          >
            {chosen.length > 1 ? `Write to ${chosen.length} people` : 'Write'}
          </Button>
        </>
      }
    >
      <p className="dialog-lead">Choose one person, or several for a group.</p>
      <PeoplePicker
        label="Find people to write to"
        autoFocus
        chosen={chosen}
        onChange={setChosen}
        max={MAX_PEOPLE}
      />
      {error !== null && <ErrorNotice title="The conversation was not opened." error={error} />}
    </Modal>
  )
}
