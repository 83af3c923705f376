import type { RoomInfo } from '@parley/client'
import type { QueuedReport } from '@parley/message-schema'
import { useChat, useMe, useUser } from '@parley/react'
import { Check, Gavel, Paperclip, Trash2, UserRoundMinus, UserRoundX, VolumeX } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { messageHref } from '../app/route.ts'
import { fullWhen, shortWhen } from '../app/time-words.ts'
import { useAction } from '../dialogs/use-action.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { useConfirm } from '../ui/confirm.tsx'
import { Menu, type MenuEntry } from '../ui/menu.tsx'
import { toast, toastError } from '../ui/toaster.tsx'
import { mayIn } from './room-rights.ts'
import { outcomeWords, reasonWords } from './report-words.ts'
import { type SettleChoice, SettleDialog } from './settle-dialog.tsx'

export interface ReportCardProps {
  readonly info: RoomInfo
  readonly report: QueuedReport
  readonly onSettled: (report: QueuedReport) => void
}

/** What was said, by whom, what is held against it, and what to do. */
export function ReportCard({ info, report, onSettled }: ReportCardProps): ReactElement {
  const { reason, note, createdAt, status, reporterId } = report
  const reporter = useUser(reporterId)
  return (
    <article className="panel-report" aria-label={`Report: ${reasonWords(reason)}`}>
      <div className="panel-report-head">
        <span className="panel-chip" data-kind="danger">
          {reasonWords(reason)}
        </span>
        <time className="panel-note" dateTime={createdAt} title={fullWhen(createdAt)}>
          {shortWhen(createdAt)}
        </time>
      </div>
      <Reported report={report} />
      {(note !== null || reporterId !== null) && (
        <p className="panel-note">
          {reporterId !== null && (
            <>
              Reported by <bdi>{reporter?.displayName ?? '…'}</bdi>
            </>
          )}
          {note !== null && (
            <>
              {': '}
              <bdi>{note}</bdi>
            </>
          )}
        </p>
      )}
      {status === 'settled' ? (
        <Outcome report={report} />
      ) : (
        <Settling info={info} report={report} onSettled={onSettled} />
      )}
    </article>
  )
}

export function Reported({ report }: { readonly report: QueuedReport }): ReactElement {
  const { message, roomId, seq } = report
  const sender = useUser(message?.senderId ?? null)
  if (message === null) {
    return <p className="panel-note">This message is not open to you any more.</p>
  }
  const name = sender?.displayName ?? '…'
  const { attachments, text, deletedAt } = message
  return (
    <div className="panel-reported">
      <span className="panel-reported-head">
        <Avatar name={name} seed={message.senderId} url={sender?.avatarUrl ?? null} size={24} />
        <bdi className="panel-hit-name truncate">{name}</bdi>
        <time className="panel-note" dateTime={message.ts} title={fullWhen(message.ts)}>
          {shortWhen(message.ts)}
        </time>
      </span>
      {deletedAt === null ? (
        text !== null && (
          <p className="panel-reported-text" dir="auto">
            {text}
          </p>
        )
      ) : (
        <p className="panel-note">This message was deleted.</p>
      )}
      {attachments.map((file) => (
        <span key={file.id} className="panel-hit-file">
          <Paperclip size={13} aria-hidden />
          <bdi className="truncate">{file.name}</bdi>
        </span>
      ))}
      <a className="panel-reported-link" href={messageHref(roomId, seq)}>
        Show in the conversation
      </a>
    </div>
  )
}

export function Outcome({ report }: { readonly report: QueuedReport }): ReactElement {
  const settler = useUser(report.settledBy)
  return (
    <p className="panel-note">
      <span className="panel-chip" data-kind="done">
        <Check size={12} aria-hidden /> {outcomeWords(report.outcome)}
      </span>{' '}
      {settler !== null && (
        <>
          by <bdi>{settler.displayName}</bdi>
        </>
      )}
      {report.settledAt !== null && (
        <time dateTime={report.settledAt} title={fullWhen(report.settledAt)}>
          , {shortWhen(report.settledAt)}
        </time>
      )}
    </p>
  )
}

function useSettle({ report, onSettled }: ReportCardProps) {
  const { call } = useChat()
  return async (choice: SettleChoice): Promise<void> => {
    await call('POST /v1/reports/:id/settle', { params: { id: report.id }, body: choice })
    onSettled(report)
    toast({ text: `${outcomeWords(choice.action)}.`, tone: 'done' })
  }
}

type Restriction = 'mute' | 'ban' | 'kick'

/** What I may do about the message or who has sent it. */
function actEntries(
  { info, report }: ReportCardProps,
  onDelete: () => void,
  onRestrict: (what: Restriction) => void,
): readonly MenuEntry[] {
  const { message } = report
  if (message === null) return []
  const entry = (isThere: boolean, one: MenuEntry): readonly MenuEntry[] => (isThere ? [one] : [])
  return [
    ...entry(message.deletedAt === null && mayIn(info, 'message:delete-any'), {
      id: 'delete',
      label: 'Delete message…',
      icon: Trash2,
      isDanger: true,
      onAction: onDelete,
    }),
    ...entry(mayIn(info, 'moderation:mute'), {
      id: 'mute',
      label: 'Mute sender…',
      icon: VolumeX,
      onAction: () => onRestrict('mute'),
    }),
    ...entry(mayIn(info, 'members:remove'), {
      id: 'kick',
      label: 'Remove sender from room…',
      icon: UserRoundMinus,
      isDanger: true,
      onAction: () => onRestrict('kick'),
    }),
    ...entry(mayIn(info, 'moderation:ban'), {
      id: 'ban',
      label: 'Ban sender…',
      icon: UserRoundX,
      isDanger: true,
      onAction: () => onRestrict('ban'),
    }),
  ]
}

function Settling(props: ReportCardProps): ReactElement {
  const { report } = props
  const me = useMe()
  const confirm = useConfirm()
  const settle = useSettle(props)
  const { isBusy, run } = useAction()
  const [restricting, setRestricting] = useState<Restriction | null>(null)
  const { message } = report
  const now = async (action: 'dismiss' | 'delete'): Promise<void> => {
    if (action === 'delete') {
      const yes = await confirm({
        title: 'Delete this message?',
        text: 'It is gone for everybody, for good.',
        action: 'Delete',
        isDanger: true,
      })
      if (!yes) return
    }
    await settle({ action }).catch((error: unknown) =>
      toastError(error, 'The report was not settled.'),
    )
  }
  if (message !== null && message.senderId === me?.id) {
    return <p className="panel-note">It is your message: somebody else settles this.</p>
  }
  const entries = actEntries(props, () => void run(() => now('delete')), setRestricting)
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
      {entries.length > 0 && (
        <Menu
          label="Settle this report"
          placement="bottom start"
          entries={entries}
          trigger={
            <Button size="sm" icon={Gavel} isDisabled={isBusy}>
              Act
            </Button>
          }
        />
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
