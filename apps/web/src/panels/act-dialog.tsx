import { useChat } from '@parley/react'
import { type ReactElement, useState } from 'react'
import { useAction } from '../dialogs/use-action.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Modal } from '../ui/modal.tsx'
import { RadioGroup } from '../ui/radio-group.tsx'
import { TextField } from '../ui/text-field.tsx'
import { toast } from '../ui/toaster.tsx'
import { BAN_DURATIONS, type Duration, endOf, MUTE_DURATIONS } from './durations.ts'
import { RoleDialog } from './role-dialog.tsx'
import type { Person } from './use-person.ts'

export type Act = 'mute' | 'kick' | 'ban' | 'role'
type Restriction = Exclude<Act, 'role'>

export interface ActDialogProps {
  readonly person: Person
  readonly act: Act
  readonly onClose: () => void
}

interface Words {
  readonly title: (name: string) => string
  readonly text: string
  readonly action: string
  readonly done: (name: string) => string
  readonly failed: (name: string) => string
  readonly durations: readonly Duration[]
}

const WORDS: Record<Restriction, Words> = {
  mute: {
    title: (name) => `Mute ${name}?`,
    text: 'They can read on, and write nothing in this room until it ends.',
    action: 'Mute',
    done: (name) => `${name} is muted.`,
    failed: (name) => `${name} was not muted.`,
    durations: MUTE_DURATIONS,
  },
  kick: {
    title: (name) => `Remove ${name}?`,
    text: 'They are put out of this room. They may come back the way they came.',
    action: 'Remove',
    done: (name) => `${name} was removed.`,
    failed: (name) => `${name} was not removed.`,
    durations: [],
  },
  ban: {
    title: (name) => `Ban ${name}?`,
    text: 'They are put out of this room and cannot come back until it ends.',
    action: 'Ban',
    done: (name) => `${name} is banned.`,
    failed: (name) => `${name} was not banned.`,
    durations: BAN_DURATIONS,
  },
}

const MOST_REASON = 500

export function ActDialog({ person, act, onClose }: ActDialogProps): ReactElement {
  const { roomId, userId } = person
  const { members } = useChat().rooms.get(roomId)
  const name = person.name ?? 'this person'
  if (act === 'role') return <RoleDialog person={person} onClose={onClose} />
  return (
    <RestrictDialog
      name={name}
      act={act}
      onDo={async (options) => {
        if (act === 'mute') await members.mute(userId, options)
        else if (act === 'ban') await members.ban(userId, options)
        else await members.kick(userId, options.reason)
        toast({ text: WORDS[act].done(name), tone: 'done' })
      }}
      onClose={onClose}
    />
  )
}

export interface RestrictDialogProps {
  readonly name: string
  readonly act: Restriction
  readonly onDo: (options: { forS?: number; reason?: string }) => Promise<void>
  readonly onClose: () => void
}

/** For how long, and why: the reason is for the moderators’ log and for who is meant. */
export function RestrictDialog({ name, act, onDo, onClose }: RestrictDialogProps): ReactElement {
  const words = WORDS[act]
  const [duration, setDuration] = useState('1h')
  const [reason, setReason] = useState('')
  const { isBusy, error, run } = useAction()
  const submit = async (): Promise<void> => {
    const why = reason.trim()
    await onDo({ ...endOf(words.durations, duration), ...(why !== '' && { reason: why }) })
    onClose()
  }
  return (
    <Modal
      title={words.title(name)}
      size="sm"
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose()
      }}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="danger" isPending={isBusy} onPress={() => void run(submit)}>
            {words.action}
          </Button>
        </>
      }
    >
      <div className="panel-form">
        <p className="panel-note">{words.text}</p>
        {words.durations.length > 0 && (
          <RadioGroup
            label="For how long"
            options={words.durations}
            value={duration}
            onChange={setDuration}
          />
        )}
        <TextField
          label="Reason (optional)"
          description="They are shown it, and it is kept in the log of the room."
          value={reason}
          maxLength={MOST_REASON}
          onChange={setReason}
        />
        {error !== null && <ErrorNotice error={error} title={words.failed(name)} />}
      </div>
    </Modal>
  )
}
