import type { Invite } from '@parley/message-schema'
import { useChat, useMe, useUser } from '@parley/react'
import { Link2, UserRound } from 'lucide-react'
import type { ReactElement } from 'react'
import { agoWords, fullWhen } from '../app/time-words.ts'
import { useAction } from '../dialogs/use-action.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toast, toastError } from '../ui/toaster.tsx'
import { MoreRows } from './more-rows.tsx'
import { usePages } from './use-pages.ts'
import './invite-link.css'

export interface OpenInvitesProps {
  readonly roomId: string
  /** Goes up when one was made. */
  readonly version: number
}

/** Invites that are good still: mine, or all for who may add people. */
export function OpenInvites({ roomId, version }: OpenInvitesProps): ReactElement {
  const { call } = useChat()
  const pages = usePages<Invite>(
    roomId,
    async (after, signal) => {
      const { data, page } = await call('GET /v1/rooms/:id/invites', {
        params: { id: roomId },
        query: { limit: 50, ...(after !== null && { after }) },
        signal,
      })
      return { items: data, cursor: page.hasMoreAfter ? String(page.after) : null }
    },
    version,
  )
  const { items, error, retry } = pages
  const gone = (id: string): void => pages.change((all) => all.filter((one) => one.id !== id))
  return (
    <section className="panel-invites" aria-label="Open invites">
      <h3>Open invites</h3>
      {items === null && error === null && (
        <div aria-busy="true">
          <Skeleton width="60%" />
        </div>
      )}
      {items === null && error !== null && (
        <ErrorNotice error={error} title="The invites could not be read." onRetry={retry} />
      )}
      {items?.length === 0 && <p className="panel-note">There are none.</p>}
      {items !== null && items.length > 0 && (
        <>
          <ul>
            {items.map((invite) => (
              <InviteRow key={invite.id} invite={invite} onGone={gone} />
            ))}
          </ul>
          <MoreRows pages={pages} label="More invites" />
        </>
      )}
    </section>
  )
}

interface InviteRowProps {
  readonly invite: Invite
  readonly onGone: (id: string) => void
}

const usesWords = ({ uses, maxUses }: Invite): string => {
  if (maxUses !== null) return `${uses} of ${maxUses} used`
  return uses === 0 ? 'not used yet' : `used ${uses === 1 ? 'once' : `${uses} times`}`
}

function InviteRow({ invite, onGone }: InviteRowProps): ReactElement {
  const { id, roomId, userId, createdBy, createdAt, expiresAt } = invite
  const { call } = useChat()
  const me = useMe()
  const maker = useUser(createdBy)
  const invited = useUser(userId)
  const { isBusy, run } = useAction()
  const revoke = async (): Promise<void> => {
    try {
      await call('DELETE /v1/rooms/:id/invites/:inviteId', { params: { id: roomId, inviteId: id } })
      onGone(id)
      toast({ text: 'The invite was revoked: nobody comes by it any more.', tone: 'done' })
    } catch (error) {
      toastError(error, 'The invite was not revoked.')
    }
  }
  const Icon = userId === null ? Link2 : UserRound
  const who = createdBy === me?.id ? 'you' : (maker?.displayName ?? '…')
  const what = userId === null ? 'Link' : (invited?.displayName ?? '…')
  return (
    <li className="panel-invite">
      <Icon size={17} aria-hidden />
      <span className="panel-invite-words">
        <span className="truncate">
          <bdi>{what}</bdi>
          <span className="panel-note"> by </span>
          <bdi className="panel-note" title={fullWhen(createdAt)}>
            {who}
          </bdi>
        </span>
        <span className="panel-note">
          {userId === null && `${usesWords(invite)} · `}
          <span title={fullWhen(expiresAt)}>ends {agoWords(expiresAt)}</span>
        </span>
      </span>
      <Button
        size="sm"
        isPending={isBusy}
        aria-label={`Revoke the invite of ${agoWords(createdAt)}`}
        onPress={() => void run(revoke)}
      >
        Revoke
      </Button>
    </li>
  )
}
