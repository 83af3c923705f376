import { useChat, useStore } from '@parley/react'
import { type ReactElement, useState } from 'react'
import { navigate, roomHref } from '../app/route.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { toastError } from '../ui/toaster.tsx'

/** Invites that I have not answered, above my rooms. */
export function Invites(): ReactElement | null {
  const { invites } = useChat()
  const open = useStore(invites)
  if (open.length === 0) return null
  return (
    <section className="sidebar-invites" aria-label="Invites">
      <ul>
        {open.map((invite) => (
          <li key={invite.id} className="sidebar-invite">
            <InviteCard invite={invite} />
          </li>
        ))}
      </ul>
    </section>
  )
}

type Invite = ReturnType<typeof useChat>['invites']['current'][number]

function InviteCard({ invite }: { readonly invite: Invite }): ReactElement {
  const chat = useChat()
  const [isBusy, setIsBusy] = useState(false)
  const { room, inviter } = invite
  const name = room.name ?? 'a room'
  const answer = async (doing: Promise<void>, isAccepted: boolean): Promise<void> => {
    setIsBusy(true)
    try {
      await doing
      if (isAccepted) navigate(roomHref(room.id))
    } catch (error) {
      toastError(error, `The invite to ${name} was not answered.`)
    } finally {
      setIsBusy(false)
    }
  }
  return (
    <>
      <Avatar name={name} seed={room.id} url={room.avatarUrl} size={32} shape="square" />
      <p className="sidebar-invite-words">
        <bdi>{inviter.displayName}</bdi> invites you to <b dir="auto">{name}</b>
      </p>
      <div className="sidebar-invite-answers">
        <Button
          size="sm"
          variant="primary"
          isDisabled={isBusy}
          onPress={() => void answer(chat.acceptInvite(invite.id), true)}
        >
          Join
        </Button>
        <Button
          size="sm"
          isDisabled={isBusy}
          onPress={() => void answer(chat.declineInvite(invite.id), false)}
        >
          Decline
        </Button>
      </div>
    </>
  )
}
