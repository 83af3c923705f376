import type { RoomInfo } from '@parley/client'
import { useChat, useUser } from '@parley/react'
import { Archive, Globe, Lock, Pencil, Snowflake } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { Form } from 'react-aria-components'
import { roomTitle } from '../app/room-title.ts'
import { useAction } from '../dialogs/use-action.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { TextField } from '../ui/text-field.tsx'
import { RoomAvatar } from './room-avatar.tsx'
import { mayIn } from './room-rights.ts'

/** In a group of people everybody changes name, topic and picture. */
const mayChange = (info: RoomInfo): boolean =>
  !info.archived && (info.kind === 'group' || mayIn(info, 'room:update'))

/** Picture, name and topic; and the form in which they are changed. */
export function RoomFace({ info }: { readonly info: RoomInfo }): ReactElement {
  const [isEditing, setIsEditing] = useState(false)
  const peerId = info.kind === 'dm' ? (info.peers?.[0]?.id ?? null) : null
  const peer = useUser(peerId)
  const title = roomTitle(info)
  if (isEditing) {
    return (
      <div className="panel-face" data-editing>
        <RoomAvatar info={info} />
        <NameForm info={info} onDone={() => setIsEditing(false)} />
      </div>
    )
  }
  return (
    <div className="panel-face">
      <Avatar
        name={title}
        seed={peerId ?? info.id}
        url={peerId === null ? info.avatarUrl : (peer?.avatarUrl ?? null)}
        size={72}
        shape={info.kind === 'room' ? 'square' : 'round'}
      />
      <h3 dir="auto">{title}</h3>
      <Marks info={info} />
      {info.topic !== null && info.topic !== '' && (
        <p className="panel-topic" dir="auto">
          {info.topic}
        </p>
      )}
      {mayChange(info) && (
        <Button size="sm" icon={Pencil} onPress={() => setIsEditing(true)}>
          Edit
        </Button>
      )}
    </div>
  )
}

function Marks({ info }: { readonly info: RoomInfo }): ReactElement | null {
  if (info.kind !== 'room') return null
  const isPublic = info.visibility === 'public'
  const Icon = isPublic ? Globe : Lock
  return (
    <p className="panel-marks">
      <span className="panel-chip">
        <Icon size={12} aria-hidden /> {isPublic ? 'Public' : 'Private'}
      </span>
      {info.frozen && (
        <span className="panel-chip" data-kind="muted">
          <Snowflake size={12} aria-hidden /> Frozen
        </span>
      )}
      {info.archived && (
        <span className="panel-chip" data-kind="muted">
          <Archive size={12} aria-hidden /> Archived
        </span>
      )}
    </p>
  )
}

const MOST_NAME = 100
const MOST_TOPIC = 500

function NameForm({
  info,
  onDone,
}: {
  readonly info: RoomInfo
  readonly onDone: () => void
}): ReactElement {
  const room = useChat().rooms.get(info.id)
  const [name, setName] = useState(info.name ?? '')
  const [topic, setTopic] = useState(info.topic ?? '')
  const [isBlank, setIsBlank] = useState(false)
  const { isBusy, error, run } = useAction()
  const save = async (): Promise<void> => {
    const said = { name: name.trim() || null, topic: topic.trim() || null }
    const change = {
      ...(said.name !== info.name && { name: said.name }),
      ...(said.topic !== (info.topic || null) && { topic: said.topic }),
    }
    if (Object.keys(change).length > 0) await room.update(change)
    onDone()
  }
  return (
    <Form
      className="panel-form"
      onSubmit={(event) => {
        event.preventDefault()
        // A group of people needs no name.
        const isMissing = name.trim() === '' && info.kind === 'room'
        setIsBlank(isMissing)
        if (!isMissing) void run(save)
      }}
    >
      <TextField
        label="Name"
        autoFocus
        autoComplete="off"
        maxLength={MOST_NAME}
        value={name}
        onChange={setName}
        error={isBlank ? 'A room needs a name.' : null}
      />
      <TextField label="Topic" rows={3} maxLength={MOST_TOPIC} value={topic} onChange={setTopic} />
      {error !== null && <ErrorNotice error={error} title="It was not changed." />}
      <div className="panel-buttons">
        <Button variant="primary" size="sm" type="submit" isPending={isBusy}>
          Save
        </Button>
        <Button size="sm" onPress={onDone}>
          Cancel
        </Button>
      </div>
    </Form>
  )
}
