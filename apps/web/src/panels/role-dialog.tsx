import { useChat } from '@parley/react'
import { type ReactElement, useState } from 'react'
import { useAction } from '../dialogs/use-action.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Modal } from '../ui/modal.tsx'
import { RadioGroup } from '../ui/radio-group.tsx'
import { toast } from '../ui/toaster.tsx'
import { roleWord } from './role-words.ts'
import type { Person } from './use-person.ts'

export interface RoleDialogProps {
  readonly person: Person
  readonly onClose: () => void
}

const NOTES: Readonly<Record<string, string>> = {
  owner: 'The room is theirs from then on, and you are an admin.',
  admin: 'Changes settings and roles.',
  moderator: 'Adds, mutes and bans people, deletes and pins messages.',
  member: 'Writes, sends files and invites.',
  guest: 'Writes and reacts.',
}

/** Another role for somebody, of those that I may give. */
export function RoleDialog({ person, onClose }: RoleDialogProps): ReactElement {
  const { roomId, userId, member, acts, isMe } = person
  const { members } = useChat().rooms.get(roomId)
  const name = person.name ?? 'this person'
  const now = member?.role ?? 'member'
  const [chosen, setChosen] = useState<string | null>(null)
  const { isBusy, error, run } = useAction()
  const role = chosen ?? now
  const submit = async (): Promise<void> => {
    await members.setRole(userId, role)
    const who = isMe ? 'You are' : `${name} is`
    toast({ text: `${who} now ${roleWord(role).toLowerCase()}.`, tone: 'done' })
    onClose()
  }
  // Their own may be one that I cannot give.
  const names = acts.roles.includes(now) ? acts.roles : [now, ...acts.roles]
  const options = names.map((value) => {
    const note = NOTES[value]
    return { value, label: roleWord(value), ...(note !== undefined && { note }) }
  })
  return (
    <Modal
      title={isMe ? 'Give up rights' : `Role of ${name}`}
      size="sm"
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose()
      }}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant={role === 'owner' || isMe ? 'danger' : 'primary'}
            isDisabled={role === now}
            isPending={isBusy}
            onPress={() => void run(submit)}
          >
            {role === 'owner' && now !== 'owner' ? 'Hand the room over' : 'Change role'}
          </Button>
        </>
      }
    >
      <div className="panel-form">
        {isMe && <p className="panel-note">Somebody above you has to give them back.</p>}
        <RadioGroup label="Role" options={options} value={role} onChange={setChosen} />
        {error !== null && <ErrorNotice error={error} title="The role was not changed." />}
      </div>
    </Modal>
  )
}
