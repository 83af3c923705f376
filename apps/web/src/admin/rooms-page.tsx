import type { RouteAnswer } from '@parley/client'
import { useChat } from '@parley/react'
import { Flame } from 'lucide-react'
import { type FormEvent, type ReactElement, useState } from 'react'
import { fullWhen } from '../app/time-words.ts'
import { useAction } from '../dialogs/use-action.ts'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { TextField } from '../ui/text-field.tsx'
import { LookedAt } from './looked-at.tsx'
import { Table } from './table.tsx'
import { useLook } from './use-look.ts'

type Room = RouteAnswer<'GET /v1/admin/rooms/:roomId'>['room']

const EVERY_MS = 5_000

/** Where most is said, and any room by its id. */
export function RoomsPage(): ReactElement {
  const { call } = useChat()
  const [id, setId] = useState('')
  const [room, setRoom] = useState<Room | null>(null)
  const { isBusy, error, run } = useAction()
  const look = useLook('rooms', (signal) => call('GET /v1/admin/rooms', { signal }), EVERY_MS)
  const inspect = (roomId: string): void => {
    setId(roomId)
    setRoom(null)
    void run(async () => {
      const params = { roomId: roomId.trim() }
      setRoom((await call('GET /v1/admin/rooms/:roomId', { params })).room)
    })
  }
  return (
    <>
      <form
        className="admin-form"
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          inspect(id)
        }}
      >
        <TextField label="Room id" value={id} onChange={setId} isRequired />
        <Button type="submit" isPending={isBusy}>
          Look
        </Button>
      </form>
      {error !== null && <ErrorNotice error={error} title="The room could not be read." />}
      {room !== null && <Inspected room={room} />}
      <h2>Hot rooms</h2>
      <LookedAt look={look} what="The hot rooms">
        {({ rooms, windowS }) =>
          rooms === null || rooms.length === 0 ? (
            <EmptyState
              isSmall
              icon={Flame}
              title={rooms === null ? 'Redis is away' : 'No room is hot'}
              text={`Rooms in which something was said in the last ${windowS / 60} minutes are shown here.`}
            />
          ) : (
            <Table
              label="Hot rooms"
              columns={['Room', `Messages, ${windowS / 60} min`, 'Members', 'Head', 'Actions']}
            >
              {rooms.map((one) => (
                <tr key={one.roomId}>
                  <th scope="row">
                    <bdi>{one.name ?? one.kind}</bdi>
                  </th>
                  <td>{one.messages.toLocaleString()}</td>
                  <td>{one.members.toLocaleString()}</td>
                  <td>{one.head.toLocaleString()}</td>
                  <td>
                    <Button size="sm" onPress={() => inspect(one.roomId)}>
                      Look
                    </Button>
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </LookedAt>
    </>
  )
}

function Inspected({ room }: { readonly room: Room }): ReactElement {
  const states = [
    room.kind,
    room.visibility,
    ...(room.isFrozen ? ['frozen'] : []),
    ...(room.isArchived ? ['archived'] : []),
    ...(room.deletedAt === null ? [] : [`deleted ${fullWhen(room.deletedAt)}`]),
  ]
  return (
    <section className="admin-card" aria-label="The room">
      <h2>
        <bdi>{room.name ?? room.roomId}</bdi>
      </h2>
      <p className="admin-note">
        {states.join(', ')}; made {fullWhen(room.createdAt)}. Head {room.head.toLocaleString()},{' '}
        {room.messages.toLocaleString()} messages, {room.members.toLocaleString()} members.
      </p>
      <Table label="First members" columns={['Member', 'Id', 'Role', 'Read up to']}>
        {room.firstMembers.map((member) => (
          <tr key={member.userId}>
            <th scope="row">
              <bdi>{member.displayName}</bdi>
            </th>
            <td>
              <code>{member.userId}</code>
            </td>
            <td>{member.role}</td>
            <td>{member.readSeq.toLocaleString()}</td>
          </tr>
        ))}
      </Table>
    </section>
  )
}
