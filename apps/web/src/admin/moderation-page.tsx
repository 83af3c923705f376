import type { QueuedReport } from '@parley/message-schema'
import { useChat } from '@parley/react'
import { Ban, Check, Inbox, Trash2, VolumeX } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { useAction } from '../dialogs/use-action.ts'
import { MoreRows } from '../panels/more-rows.tsx'
import { PanelSkeleton } from '../panels/panel-skeleton.tsx'
import { Outcome, Reported } from '../panels/report-card.tsx'
import { outcomeWords, reasonWords } from '../panels/report-words.ts'
import { type SettleChoice, SettleDialog } from '../panels/settle-dialog.tsx'
import { usePages } from '../panels/use-pages.ts'
import { Button } from '../ui/button.tsx'
import { useConfirm } from '../ui/confirm.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Select } from '../ui/select.tsx'
import { toast, toastError } from '../ui/toaster.tsx'
import '../panels/moderation-panel.css'
import '../panels/panel-frame.css'

const STATUSES = [
  { value: 'open', label: 'Open reports' },
  { value: 'settled', label: 'Settled reports' },
] as const

/** Reports of all rooms, also of those that have no moderators. */
export function ModerationPage(): ReactElement {
  const { call } = useChat()
  const [status, setStatus] = useState<'open' | 'settled'>('open')
  const pages = usePages<QueuedReport>(status, async (after, signal) => {
    const { data, page } = await call('GET /v1/server/moderation/queue', {
      query: { status, limit: 50, ...(after !== null && { after }) },
      signal,
    })
    return { items: data, cursor: page.hasMoreAfter ? String(page.after) : null }
  })
  const { items, error, retry } = pages
  const settled = ({ roomId, seq }: QueuedReport): void =>
    // All reports of the message are settled at once.
    pages.change((all) => all.filter((one) => one.seq !== seq || one.roomId !== roomId))
  return (
    <>
      <div className="admin-form">
        <Select label="Which reports" options={STATUSES} value={status} onChange={setStatus} />
      </div>
      {items === null && error === null && <PanelSkeleton label="Reading the reports" />}
      {items === null && error !== null && (
        <ErrorNotice error={error} title="The reports could not be read." onRetry={retry} />
      )}
      {items?.length === 0 && (
        <EmptyState
          isSmall
          icon={Inbox}
          title={status === 'open' ? 'Nothing to review' : 'Nothing was settled yet'}
        />
      )}
      {items !== null && items.length > 0 && (
        <>
          <ul className="panel-reports">
            {items.map((report) => (
              <li key={report.id}>
                <Card report={report} onSettled={settled} />
              </li>
            ))}
          </ul>
          <MoreRows pages={pages} label="More reports" />
        </>
      )}
    </>
  )
}

interface CardProps {
  readonly report: QueuedReport
  readonly onSettled: (report: QueuedReport) => void
}

function Card({ report, onSettled }: CardProps): ReactElement {
  const { reason, note, status } = report
  return (
    <article className="panel-report" aria-label={`Report: ${reasonWords(reason)}`}>
      <div className="panel-report-head">
        <span className="panel-chip" data-kind="danger">
          {reasonWords(reason)}
        </span>
      </div>
      <Reported report={report} />
      {note !== null && (
        <p className="panel-note">
          <bdi>{note}</bdi>
        </p>
      )}
      {status === 'settled' ? (
        <Outcome report={report} />
      ) : (
        <Settling report={report} onSettled={onSettled} />
      )}
    </article>
  )
}

/** In the name of the system; the audit log says by whom. */
function Settling({ report, onSettled }: CardProps): ReactElement {
  const { call } = useChat()
  const confirm = useConfirm()
  const { isBusy, run } = useAction()
  const [restricting, setRestricting] = useState<'mute' | 'ban' | null>(null)
  const { message } = report
  const settle = async (choice: SettleChoice): Promise<void> => {
    const params = { id: report.id }
    await call('POST /v1/server/reports/:id/settle', { params, body: choice })
    onSettled(report)
    toast({ text: `${outcomeWords(choice.action)}.`, tone: 'done' })
  }
  const now = async (action: 'dismiss' | 'delete'): Promise<void> => {
    const yes =
      action === 'dismiss' ||
      (await confirm({
        title: 'Delete this message?',
        text: 'It is gone for everybody, for good.',
        action: 'Delete',
        isDanger: true,
      }))
    if (!yes) return
    await settle({ action }).catch((error: unknown) =>
      toastError(error, 'The report was not settled.'),
    )
  }
  return (
    <div className="panel-buttons">
      <Button
        size="sm"
        icon={Check}
        isPending={isBusy}
        onPress={() => void run(() => now('dismiss'))}
      >
        Dismiss
      </Button>
      {message !== null && (
        <>
          {message.deletedAt === null && (
            <Button
              size="sm"
              icon={Trash2}
              isDisabled={isBusy}
              onPress={() => void run(() => now('delete'))}
            >
              Delete message
            </Button>
          )}
          <Button
            size="sm"
            icon={VolumeX}
            isDisabled={isBusy}
            onPress={() => setRestricting('mute')}
          >
            Mute sender
          </Button>
          <Button size="sm" icon={Ban} isDisabled={isBusy} onPress={() => setRestricting('ban')}>
            Ban sender
          </Button>
        </>
      )}
      {restricting !== null && (
        <SettleDialog
          userId={message?.senderId ?? ''}
          action={restricting}
          settle={settle}
          onClose={() => setRestricting(null)}
        />
      )}
    </div>
  )
}
