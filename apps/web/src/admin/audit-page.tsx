import type { AuditRecord } from '@parley/message-schema'
import { useChat } from '@parley/react'
import { ScrollText } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { fullWhen, shortWhen } from '../app/time-words.ts'
import { MoreRows } from '../panels/more-rows.tsx'
import { PanelSkeleton } from '../panels/panel-skeleton.tsx'
import { usePages } from '../panels/use-pages.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { TextField } from '../ui/text-field.tsx'
import { Table } from './table.tsx'

const ROOM_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu

/** Who did what, the latest first; of one room, if one is named. */
export function AuditPage(): ReactElement {
  const { call } = useChat()
  const [typed, setTyped] = useState('')
  const roomId = typed.trim()
  const isWrong = roomId !== '' && !ROOM_ID.test(roomId)
  const pages = usePages<AuditRecord>(isWrong ? '' : roomId, async (before, signal) => {
    const { data, page } = await call('GET /v1/audit-log', {
      query: {
        limit: 50,
        ...(before !== null && { before }),
        ...(roomId !== '' && !isWrong && { roomId }),
      },
      signal,
    })
    const cursor = page.hasMoreBefore && page.before !== null ? String(page.before) : null
    return { items: data.toReversed(), cursor }
  })
  const { items, error, retry } = pages
  return (
    <>
      <div className="admin-form">
        <TextField
          label="Of this room only"
          value={typed}
          onChange={setTyped}
          error={isWrong ? 'This is no id of a room.' : null}
        />
      </div>
      {items === null && error === null && <PanelSkeleton label="Reading the audit log" />}
      {items === null && error !== null && (
        <ErrorNotice error={error} title="The audit log could not be read." onRetry={retry} />
      )}
      {items?.length === 0 && <EmptyState isSmall icon={ScrollText} title="Nothing is noted" />}
      {items !== null && items.length > 0 && (
        <>
          <Table label="Audit log" columns={['When', 'Who', 'What', 'To whom', 'More']}>
            {items.map((record) => (
              <tr key={record.id}>
                <td>
                  <time dateTime={record.at} title={fullWhen(record.at)}>
                    {shortWhen(record.at)}
                  </time>
                </td>
                <td>
                  <code>{record.actor.id}</code>{' '}
                  <span className="admin-note">{record.actor.kind}</span>
                </td>
                <th scope="row">{record.action}</th>
                <td>{record.targetId !== null && <code>{record.targetId}</code>}</td>
                <td className="admin-wide">
                  {record.details !== undefined && <code>{JSON.stringify(record.details)}</code>}
                </td>
              </tr>
            ))}
          </Table>
          <MoreRows pages={pages} label="Earlier" />
        </>
      )}
    </>
  )
}
