import type { RouteAnswer } from '@parley/client'
import { useChat } from '@parley/react'
import { type ReactElement, useEffect, useState } from 'react'
import { navigate, roomHref } from '../app/route.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { Modal } from '../ui/modal.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useAction } from './use-action.ts'
import './dialogs.css'

export interface InviteDialogProps {
  /** `null`: shut. */
  readonly code: string | null
  readonly onClose: () => void
}

type Preview = RouteAnswer<'GET /v1/invites/:code'>['invite']

/** What an invite leads to, and the way in. Opened by its address, also right after a sign-in. */
export function InviteDialog({ code, onClose }: InviteDialogProps): ReactElement {
  return (
    <Modal
      title="You are invited"
      size="sm"
      isOpen={code !== null}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      {code !== null && <Invite key={code} code={code} onClose={onClose} />}
    </Modal>
  )
}

function Invite({ code, onClose }: { code: string; onClose: () => void }): ReactElement {
  const chat = useChat()
  const [invite, setInvite] = useState<Preview | null>(null)
  const reading = useAction()
  const joining = useAction()
  const read = (): void =>
    void reading.run(async () => {
      setInvite((await chat.call('GET /v1/invites/:code', { params: { code } })).invite)
    })
  useEffect(read, [chat, code])
  const join = async (): Promise<void> => {
    const room = await chat.rooms.joinByCode(code)
    navigate(roomHref(room.id), { replace: true })
  }
  if (reading.error !== null) {
    return (
      <>
        <ErrorNotice
          title="This invite leads nowhere. Ask for a new one."
          error={reading.error}
          onRetry={read}
        />
        <Button onPress={onClose}>Close</Button>
      </>
    )
  }
  if (invite === null) return <InviteSkeleton />
  const { room, inviter, isMember } = invite
  const name = room.name ?? 'a room'
  return (
    <div className="invite">
      <Avatar name={name} seed={room.id} url={room.avatarUrl} size={64} shape="square" />
      <h3 dir="auto">{name}</h3>
      {room.topic !== null && (
        <p className="dialog-lead" dir="auto">
          {room.topic}
        </p>
      )}
      <p className="ui-field-note">
        <bdi>{inviter.displayName}</bdi> invites you · {room.memberCount.toLocaleString()}{' '}
        {room.memberCount === 1 ? 'member' : 'members'}
      </p>
      {joining.error !== null && <ErrorNotice title="You did not join." error={joining.error} />}
      <Button
        variant="primary"
        isWide
        autoFocus
        isPending={joining.isBusy}
        onPress={() => void joining.run(join)}
      >
        {isMember ? 'Open the room' : 'Join'}
      </Button>
    </div>
  )
}

function InviteSkeleton(): ReactElement {
  return (
    <div className="invite" aria-busy="true">
      <Skeleton shape="block" width="4rem" height="4rem" />
      <Skeleton width="10rem" height="1rem" />
      <Skeleton width="14rem" />
    </div>
  )
}
