import type { AuditRecord } from '@parley/message-schema'
import { useChat, useStore, useUser } from '@parley/react'
import { ScrollText } from 'lucide-react'
import type { ReactElement } from 'react'
import { fullWhen, shortWhen } from '../app/time-words.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { auditWords } from './audit-words.ts'
import { MoreRows } from './more-rows.tsx'
import { PanelSkeleton } from './panel-skeleton.tsx'
import { useSettled } from './use-members.ts'
import { usePages } from './use-pages.ts'

const CHANGES_MS = 400

/** Who did what in this room, the latest first. */
export function AuditLog({ roomId }: { readonly roomId: string }): ReactElement {
  const { call, rooms } = useChat()
  const version = useSettled(useStore(rooms.get(roomId).members.revision), CHANGES_MS)
  const pages = usePages<AuditRecord>(
    roomId,
    async (before, signal) => {
      const { data, page } = await call('GET /v1/rooms/:id/audit', {
        params: { id: roomId },
        query: { limit: 50, ...(before !== null && { before }) },
        signal,
      })
      return { items: data, cursor: olderThan(page) }
    },
    version,
  )
  const { items, error, retry } = pages
  if (items === null) {
    if (error === null) return <PanelSkeleton label="Reading the log" />
    return (
      <div className="panel-notice">
        <ErrorNotice error={error} title="The log could not be read." onRetry={retry} />
      </div>
    )
  }
  if (items.length === 0) {
    const text = 'What moderators do and which settings change is kept here.'
    return <EmptyState isSmall icon={ScrollText} title="Nothing happened yet" text={text} />
  }
  return (
    <div className="panel-body">
      <ol className="panel-log">
        {items.map((record) => (
          <Row key={record.id} record={record} />
        ))}
      </ol>
      <MoreRows pages={pages} label="Earlier" />
    </div>
  )
}

function olderThan(page: {
  readonly before: string | number | null
  readonly hasMoreBefore: boolean
}): string | null {
  return page.hasMoreBefore && page.before !== null ? String(page.before) : null
}

const KINDS: Readonly<Record<string, string>> = { system: 'The system', key: 'A backend' }

function Row({ record }: { readonly record: AuditRecord }): ReactElement {
  const { actor, targetId, at } = record
  const isPerson = actor.kind === 'user' || actor.kind === 'bot'
  const who = useUser(isPerson ? actor.id : null)
  const whom = useUser(targetId)
  const { did, more } = auditWords(record)
  return (
    <li className="panel-record">
      <span className="panel-record-words">
        <bdi className="panel-record-name">
          {isPerson ? (who?.displayName ?? '…') : (KINDS[actor.kind] ?? actor.kind)}
        </bdi>{' '}
        {did}
        {targetId !== null && (
          <>
            {' '}
            <bdi className="panel-record-name">{whom?.displayName ?? '…'}</bdi>
          </>
        )}
        {more !== null && (
          <span className="panel-note panel-record-more" dir="auto">
            {more}
          </span>
        )}
      </span>
      <time className="panel-note" dateTime={at} title={fullWhen(at)}>
        {shortWhen(at)}
      </time>
    </li>
  )
}
