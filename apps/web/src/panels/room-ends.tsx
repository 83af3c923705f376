import type { RoomInfo } from '@parley/client'
import { useChat } from '@parley/react'
import { Download, LogOut, Trash2 } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { Form } from 'react-aria-components'
import { roomTitle } from '../app/room-title.ts'
import { HOME_HREF, navigate } from '../app/route.ts'
import { useAction } from '../dialogs/use-action.ts'
import { Button } from '../ui/button.tsx'
import { useConfirm } from '../ui/confirm.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Modal } from '../ui/modal.tsx'
import { TextField } from '../ui/text-field.tsx'
import { toast, toastError } from '../ui/toaster.tsx'
import { exportName, saveBlob } from './export-room.ts'
import { mayIn } from './room-rights.ts'

/** A copy to take along, and the ways out. */
export function RoomEnds({ info }: { readonly info: RoomInfo }): ReactElement | null {
  const chat = useChat()
  const room = chat.rooms.get(info.id)
  const confirm = useConfirm()
  const exporting = useAction()
  const leaving = useAction()
  const [isDeleting, setIsDeleting] = useState(false)
  const title = roomTitle(info)
  const mayExport = mayIn(info, 'room:export')
  const mayDelete = info.kind === 'room' && mayIn(info, 'room:delete')
  const mayLeave = info.kind !== 'dm'
  const take = async (): Promise<void> => {
    try {
      const { blob } = await chat.exportRoom(info.id)
      saveBlob(await blob(), exportName(title))
    } catch (error) {
      toastError(error, 'Nothing was exported.')
    }
  }
  const leave = async (): Promise<void> => {
    const isOwner = info.me?.role === 'owner' && info.kind === 'room' && info.memberCount > 1
    const yes = await confirm({
      title: `Leave ${title}?`,
      text: isOwner
        ? 'You own this room: it goes to the member of the highest role.'
        : 'You will not get its messages any more.',
      action: 'Leave',
      isDanger: true,
    })
    if (!yes) return
    try {
      await room.leave()
      navigate(HOME_HREF)
    } catch (error) {
      toastError(error, 'You are still in the room.')
    }
  }
  if (!mayExport && !mayDelete && !mayLeave) return null
  return (
    <section className="panel-section panel-ends" aria-label="Export, leave, delete">
      {mayExport && (
        <Button
          variant="quiet"
          icon={Download}
          isPending={exporting.isBusy}
          onPress={() => void exporting.run(take)}
        >
          Export messages
        </Button>
      )}
      {mayLeave && (
        <Button
          variant="quiet"
          className="panel-danger"
          icon={LogOut}
          isPending={leaving.isBusy}
          onPress={() => void leaving.run(leave)}
        >
          {info.kind === 'room' ? 'Leave room' : 'Leave conversation'}
        </Button>
      )}
      {mayDelete && (
        <Button
          variant="quiet"
          className="panel-danger"
          icon={Trash2}
          onPress={() => setIsDeleting(true)}
        >
          Delete room
        </Button>
      )}
      {isDeleting && <DeleteDialog info={info} onClose={() => setIsDeleting(false)} />}
    </section>
  )
}

const plain = (words: string): string => words.trim().normalize('NFC')

/** The name has to be written: nothing brings a room back. */
function DeleteDialog({
  info,
  onClose,
}: {
  readonly info: RoomInfo
  readonly onClose: () => void
}): ReactElement {
  const room = useChat().rooms.get(info.id)
  const title = roomTitle(info)
  const [words, setWords] = useState('')
  const { isBusy, error, run } = useAction()
  const isSure = plain(words) === plain(title)
  const remove = async (): Promise<void> => {
    await room.delete()
    onClose()
    navigate(HOME_HREF)
    toast({ text: `${title} was deleted.`, tone: 'done' })
  }
  return (
    <Modal
      title="Delete this room?"
      size="sm"
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose()
      }}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="danger"
            isDisabled={!isSure}
            isPending={isBusy}
            onPress={() => void run(remove)}
          >
            Delete for good
          </Button>
        </>
      }
    >
      <Form
        className="panel-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (isSure) void run(remove)
        }}
      >
        <p className="panel-sure">
          All its messages and files are gone for everybody. To be sure, write its name:{' '}
          <strong>
            <bdi>{title}</bdi>
          </strong>
        </p>
        <TextField
          label="Name of the room"
          autoFocus
          autoComplete="off"
          value={words}
          onChange={setWords}
        />
        {error !== null && <ErrorNotice error={error} title="The room was not deleted." />}
      </Form>
    </Modal>
  )
}
