import type { RoomInfo } from '@parley/client'
import type { Member, User } from '@parley/message-schema'
import { useChat } from '@parley/react'
import { type ReactElement, useMemo, useState } from 'react'
import { PeoplePicker } from '../dialogs/people-picker.tsx'
import { useAction } from '../dialogs/use-action.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Modal } from '../ui/modal.tsx'
import { toast } from '../ui/toaster.tsx'

export interface AddPeopleDialogProps {
  readonly info: RoomInfo
  /** Those who are known to be in it already. */
  readonly members: readonly Member[]
  /** They are asked, not brought in. */
  readonly isInvite: boolean
  readonly isOpen: boolean
  readonly onClose: () => void
}

const MOST_AT_ONCE = 20

const peopleWords = (people: readonly User[]): string =>
  people.length === 1 ? (people[0]?.displayName ?? '') : `${people.length} people`

/** Brings people into the room. Whoever could not be stays chosen, with the reason. */
export function AddPeopleDialog({
  info,
  members,
  isInvite,
  isOpen,
  onClose,
}: AddPeopleDialogProps): ReactElement {
  const room = useChat().rooms.get(info.id)
  const [chosen, setChosen] = useState<readonly User[]>([])
  const { isBusy, error, run, forget } = useAction()
  const without = useMemo(() => new Set(members.map(({ userId }) => userId)), [members])
  const close = (): void => {
    setChosen([])
    forget()
    onClose()
  }
  const add = async (): Promise<void> => {
    const added: User[] = []
    try {
      for (const user of chosen) {
        await (isInvite ? room.inviteUser(user.id) : room.members.add(user.id))
        added.push(user)
      }
    } finally {
      setChosen(chosen.filter((user) => !added.includes(user)))
      if (added.length > 0) {
        const does = added.length === 1 ? 'was' : 'were'
        const what = isInvite ? 'invited' : 'added'
        toast({ text: `${peopleWords(added)} ${does} ${what}.`, tone: 'done' })
      }
    }
    close()
  }
  const failed = `${chosen[0]?.displayName ?? 'Somebody'} was not ${isInvite ? 'invited' : 'added'}.`
  return (
    <Modal
      title={isInvite ? 'Invite people' : 'Add people'}
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
            onPress={() => void run(add)}
          >
            {isInvite ? 'Invite' : 'Add'}
            {chosen.length > 1 && ` ${chosen.length} people`}
          </Button>
        </>
      }
    >
      <div className="panel-form">
        <p className="panel-note">
          {isInvite
            ? 'They are asked, and come in when they accept.'
            : 'They are in the room at once.'}
        </p>
        <PeoplePicker
          label="Find people"
          autoFocus
          chosen={chosen}
          onChange={setChosen}
          max={MOST_AT_ONCE}
          without={without}
        />
        {error !== null && <ErrorNotice error={error} title={failed} />}
      </div>
    </Modal>
  )
}
