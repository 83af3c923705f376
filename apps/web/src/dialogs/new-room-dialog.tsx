import type { User } from '@parley/message-schema'
import { useChat } from '@parley/react'
import { Globe, Lock } from 'lucide-react'
import { type ReactElement, type RefObject, useRef, useState } from 'react'
import { Form } from 'react-aria-components'
import { navigate, roomHref } from '../app/route.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Modal } from '../ui/modal.tsx'
import { RadioGroup } from '../ui/radio-group.tsx'
import { TextField } from '../ui/text-field.tsx'
import type { DialogProps } from './dialog-props.ts'
import { PeoplePicker } from './people-picker.tsx'
import { useAction } from './use-action.ts'
import './dialogs.css'

const MAX_MEMBERS = 100
const VISIBILITIES = [
  { value: 'public', label: 'Public', note: 'Everybody can find and join it.', icon: Globe },
  { value: 'private', label: 'Private', note: 'One comes in by invite only.', icon: Lock },
] as const

export function NewRoomDialog({ isOpen, onClose }: DialogProps): ReactElement {
  const form = useRef<HTMLFormElement>(null)
  const action = useAction()
  return (
    <Modal
      title="New room"
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isPending={action.isBusy}
            onPress={() => form.current?.requestSubmit()}
          >
            Create
          </Button>
        </>
      }
    >
      <NewRoomForm form={form} action={action} onDone={onClose} />
    </Modal>
  )
}

interface NewRoomFormProps {
  readonly form: RefObject<HTMLFormElement | null>
  readonly action: ReturnType<typeof useAction>
  readonly onDone: () => void
}

function NewRoomForm({ form, action, onDone }: NewRoomFormProps): ReactElement {
  const { rooms } = useChat()
  const [name, setName] = useState('')
  const [topic, setTopic] = useState('')
  const [visibility, setVisibility] = useState<'public' | 'private'>('public')
  const [members, setMembers] = useState<readonly User[]>([])
  const [isNameMissing, setIsNameMissing] = useState(false)
  const create = async (): Promise<void> => {
    const room = await rooms.create({
      name: name.trim(),
      visibility,
      ...(topic.trim() === '' ? {} : { topic: topic.trim() }),
      ...(members.length === 0 ? {} : { memberIds: members.map(({ id }) => id) }),
    })
    onDone()
    navigate(roomHref(room.id))
  }
  return (
    <Form
      ref={form}
      className="dialog-form"
      validationBehavior="aria"
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() === '') setIsNameMissing(true)
        else void action.run(create)
      }}
    >
      <TextField
        label="Name"
        autoFocus
        maxLength={100}
        value={name}
        error={isNameMissing ? 'Give the room a name.' : null}
        onChange={(text) => {
          setName(text)
          setIsNameMissing(false)
        }}
      />
      <TextField
        label="Topic"
        rows={2}
        maxLength={500}
        description="What it is about. You can leave it out."
        value={topic}
        onChange={setTopic}
      />
      <RadioGroup
        label="Who can come in"
        layout="row"
        options={VISIBILITIES}
        value={visibility}
        onChange={setVisibility}
      />
      <section className="dialog-section" aria-label="Members">
        <h3 className="ui-field-label">Members from the start</h3>
        <PeoplePicker
          label="Find people to add"
          chosen={members}
          onChange={setMembers}
          max={MAX_MEMBERS}
        />
      </section>
      {action.error !== null && (
        <ErrorNotice title="The room was not created." error={action.error} />
      )}
    </Form>
  )
}
