import type { RoomInfo } from '@parley/client'
import type { QueuedReport } from '@parley/message-schema'
import { useChat } from '@parley/react'
import { Inbox } from 'lucide-react'
import { type ReactElement, useEffect, useState } from 'react'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Select } from '../ui/select.tsx'
import { MoreRows } from './more-rows.tsx'
import { PanelSkeleton } from './panel-skeleton.tsx'
import { ReportCard } from './report-card.tsx'
import { usePages } from './use-pages.ts'

const STATUSES = [
  { value: 'open', label: 'Open reports' },
  { value: 'settled', label: 'Settled reports' },
] as const

const LOOK_AGAIN_MS = 30_000

/** Reports are told by nobody: looked for again while the panel is open and the page is seen. */
function useLookAgain(reload: () => void): void {
  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState === 'visible') reload()
    }
    const timer = setInterval(look, LOOK_AGAIN_MS)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  })
}

/** Messages that somebody has shown to the moderators, the oldest first. */
export function ReportQueue({ info }: { readonly info: RoomInfo }): ReactElement {
  const { call } = useChat()
  const [status, setStatus] = useState<'open' | 'settled'>('open')
  const pages = usePages<QueuedReport>(`${info.id} ${status}`, async (after, signal) => {
    const { data, page } = await call('GET /v1/moderation/queue', {
      query: { roomId: info.id, status, limit: 50, ...(after !== null && { after }) },
      signal,
    })
    return { items: data, cursor: page.hasMoreAfter ? String(page.after) : null }
  })
  const { items, error, isLoading, retry, reload } = pages
  useLookAgain(() => {
    // Whoever has read on would lose their place.
    if (!isLoading && error === null && (items?.length ?? 0) <= 50) reload()
  })
  const settled = (report: QueuedReport): void =>
    // All reports of the message are settled at once.
    pages.change((all) => all.filter(({ seq }) => seq !== report.seq))
  return (
    <>
      <div className="panel-tools">
        <Select
          label="Which reports"
          isLabelHidden
          options={STATUSES}
          value={status}
          onChange={setStatus}
        />
      </div>
      {items === null && error === null && <PanelSkeleton label="Reading the reports" />}
      {items === null && error !== null && (
        <div className="panel-notice">
          <ErrorNotice error={error} title="The reports could not be read." onRetry={retry} />
        </div>
      )}
      {items?.length === 0 && (
        <EmptyState
          isSmall
          icon={Inbox}
          title={status === 'open' ? 'Nothing to review' : 'Nothing was settled yet'}
          text={
            status === 'open'
              ? 'When somebody reports a message of this room, it is shown here.'
              : 'What you and others decide is shown here for a year.'
          }
        />
      )}
      {items !== null && items.length > 0 && (
        <div className="panel-body">
          <ul className="panel-reports">
            {items.map((report) => (
              <li key={report.id}>
                <ReportCard info={info} report={report} onSettled={settled} />
              </li>
            ))}
          </ul>
          <MoreRows pages={pages} label="More reports" />
        </div>
      )}
    </>
  )
}
