import type { RoomInfo } from '@parley/client'
import { useChat } from '@parley/react'
import { Copy } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { inviteHref } from '../app/route.ts'
import { useAction } from '../dialogs/use-action.ts'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { Modal } from '../ui/modal.tsx'
import { Select } from '../ui/select.tsx'
import { TextField } from '../ui/text-field.tsx'
import { toast } from '../ui/toaster.tsx'
import { OpenInvites } from './open-invites.tsx'
import './invite-link.css'

export interface InviteLinkDialogProps {
  readonly info: RoomInfo
  readonly isOpen: boolean
  readonly onClose: () => void
}

const EXPIRIES = [
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '1 day' },
  { value: '604800', label: '7 days' },
  { value: '2592000', label: '30 days' },
] as const

const USES = [
  { value: '', label: 'Any number' },
  { value: '1', label: '1 person' },
  { value: '5', label: '5 people' },
  { value: '25', label: '25 people' },
  { value: '100', label: '100 people' },
] as const

/** What stands before the `#` is where this page is. */
const linkOf = (code: string): string => `${location.origin}${location.pathname}${inviteHref(code)}`

/** Links with which others come in: made, copied, and taken back. */
export function InviteLinkDialog({ info, isOpen, onClose }: InviteLinkDialogProps): ReactElement {
  return (
    <Modal
      title="Invite link"
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
    >
      <InviteLinks info={info} />
    </Modal>
  )
}

function InviteLinks({ info }: { readonly info: RoomInfo }): ReactElement {
  const room = useChat().rooms.get(info.id)
  const [expiry, setExpiry] = useState<(typeof EXPIRIES)[number]['value']>('604800')
  const [uses, setUses] = useState<(typeof USES)[number]['value']>('')
  const [link, setLink] = useState<string | null>(null)
  const [made, setMade] = useState(0)
  const { isBusy, error, run } = useAction()
  const make = async (): Promise<void> => {
    const { code } = await room.invite({
      expiresInS: Number(expiry),
      ...(uses !== '' && { maxUses: Number(uses) }),
    })
    setLink(linkOf(code))
    setMade((count) => count + 1)
  }
  return (
    <div className="panel-form">
      <p className="panel-note">Whoever has the link can join, also when the room is private.</p>
      <div className="panel-pair">
        <Select label="Ends after" options={EXPIRIES} value={expiry} onChange={setExpiry} />
        <Select label="Good for" options={USES} value={uses} onChange={setUses} />
      </div>
      {error !== null && <ErrorNotice error={error} title="No link was made." />}
      {link !== null && <MadeLink key={link} link={link} />}
      <Button
        variant={link === null ? 'primary' : 'secondary'}
        isPending={isBusy}
        onPress={() => void run(make)}
      >
        {link === null ? 'Make a link' : 'Make another link'}
      </Button>
      <OpenInvites roomId={info.id} version={made} />
    </div>
  )
}

function MadeLink({ link }: { readonly link: string }): ReactElement {
  const copy = (): void => {
    navigator.clipboard.writeText(link).then(
      () => toast({ text: 'The link was copied.', tone: 'done' }),
      () => toast({ text: 'Select the link and copy it.', tone: 'problem' }),
    )
  }
  return (
    <div className="panel-link">
      <TextField
        label="Link"
        description="It is shown only now."
        value={link}
        isReadOnly
        autoFocus
        onFocus={({ currentTarget, target }) => {
          if (target instanceof HTMLInputElement) target.select()
          else currentTarget.querySelector('input')?.select()
        }}
      />
      <IconButton label="Copy link" icon={Copy} onPress={copy} />
    </div>
  )
}
