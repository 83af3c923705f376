import type { RouteAnswer } from '@parley/client'
import { useChat } from '@parley/react'
import { type FormEvent, type ReactElement, useState } from 'react'
import { useAction } from '../dialogs/use-action.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { TextField } from '../ui/text-field.tsx'
import { Table } from './table.tsx'

type Explanation = RouteAnswer<'GET /v1/admin/unread/:userId/:roomId'>['unread']

/** Why somebody has so many unread messages in a room. */
export function UnreadPage(): ReactElement {
  const { call } = useChat()
  const [userId, setUserId] = useState('')
  const [roomId, setRoomId] = useState('')
  const [explained, setExplained] = useState<Explanation | null>(null)
  const { isBusy, error, run } = useAction()
  const explain = (event: FormEvent): void => {
    event.preventDefault()
    setExplained(null)
    void run(async () => {
      const params = { userId: userId.trim(), roomId: roomId.trim() }
      const answer = await call('GET /v1/admin/unread/:userId/:roomId', { params })
      setExplained(answer.unread)
    })
  }
  return (
    <>
      <form className="admin-form" onSubmit={explain}>
        <TextField label="User id" value={userId} onChange={setUserId} isRequired />
        <TextField label="Room id" value={roomId} onChange={setRoomId} isRequired />
        <Button type="submit" variant="primary" isPending={isBusy}>
          Explain
        </Button>
      </form>
      {error !== null && <ErrorNotice error={error} title="The count could not be explained." />}
      {explained !== null && <Explained of={explained} />}
    </>
  )
}

function Explained({ of }: { readonly of: Explanation }): ReactElement {
  const lines: readonly (readonly [string, string, number])[] = [
    ['', `Events after ${of.countsAfter}, up to the head ${of.head}`, of.events],
    ['−', 'Edits, deletions, reactions, joinings and so on', of.notMessages],
    ['−', 'Messages without a number: imported', of.uncounted],
    ['=', 'Messages that count', of.counted],
    ['−', 'Their own', of.own],
    ['−', 'Of others, deleted', of.deleted],
    ['=', 'Unread', of.unread],
  ]
  const isSame = of.told === null || of.told.unread === of.unread
  return (
    <section className="admin-explained" aria-label="Explanation">
      <p className="admin-note">
        Read up to {of.readSeq}, sees from {of.visibleFrom}, erased up to {of.erasedTo}: what counts
        begins after the furthest of these.
        {!of.isMember && ' No member now: nothing is told to them.'}
      </p>
      <Table label="How the count comes about" columns={['Sign', 'What', 'Number']}>
        {lines.map(([sign, what, number]) => (
          <tr key={what} data-sum={sign === '=' || undefined}>
            <td>{sign}</td>
            <th scope="row" className="admin-words">
              {what}
            </th>
            <td>{number.toLocaleString()}</td>
          </tr>
        ))}
      </Table>
      <p className="admin-note">
        Of the messages that count, {of.inThreads} are in threads and {of.fromBlocked} are from
        people whom they have blocked: both count. Mentions: {of.mentions}.
      </p>
      {!isSame && (
        <p className="admin-warning" role="status">
          They are told {of.told?.unread}: that is a fault of the server, worth a report.
        </p>
      )}
    </section>
  )
}
