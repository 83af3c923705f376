import type { RoomInfo, Upload } from '@parley/client'
import { useChat, useStore } from '@parley/react'
import { type ReactElement, useState } from 'react'
import { FileTrigger } from 'react-aria-components'
import { roomTitle } from '../app/room-title.ts'
import { useAction } from '../dialogs/use-action.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { ProgressBar } from '../ui/progress-bar.tsx'

const MAX_BYTES = 2 * 1024 * 1024
const TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif']

function Progress({ upload }: { readonly upload: Upload }): ReactElement {
  return <ProgressBar label="Uploading the picture" value={useStore(upload.progress)} />
}

/** The picture of a room: another one, or none. */
export function RoomAvatar({ info }: { readonly info: RoomInfo }): ReactElement {
  const chat = useChat()
  const room = chat.rooms.get(info.id)
  const [upload, setUpload] = useState<Upload | null>(null)
  const [isTooLarge, setIsTooLarge] = useState(false)
  const { run, isBusy, error } = useAction()
  const take = (file: File | undefined): void => {
    if (file === undefined) return
    setIsTooLarge(file.size > MAX_BYTES)
    if (file.size > MAX_BYTES) return
    void run(async () => {
      const started = chat.files.upload(file, { name: file.name, purpose: 'avatar' })
      setUpload(started)
      try {
        const { id } = await started.done
        await room.update({ avatarUrl: `/v1/files/${id}` })
      } finally {
        setUpload(null)
      }
    })
  }
  return (
    <>
      <div className="panel-avatar">
        <Avatar
          name={roomTitle(info)}
          seed={info.id}
          url={info.avatarUrl}
          size={64}
          shape={info.kind === 'room' ? 'square' : 'round'}
        />
        <div className="panel-avatar-side">
          <div className="panel-buttons">
            <FileTrigger acceptedFileTypes={TYPES} onSelect={(files) => take(files?.[0])}>
              <Button size="sm" isPending={isBusy}>
                {info.avatarUrl === null ? 'Add a picture' : 'Change picture'}
              </Button>
            </FileTrigger>
            {info.avatarUrl !== null && (
              <Button
                size="sm"
                isDisabled={isBusy}
                onPress={() => void run(async () => void (await room.update({ avatarUrl: null })))}
              >
                Remove
              </Button>
            )}
          </div>
          {upload === null ? (
            <p className="panel-note">PNG, JPEG, WebP or GIF, at most 2 MB.</p>
          ) : (
            <Progress upload={upload} />
          )}
        </div>
      </div>
      {isTooLarge && (
        <p className="ui-field-error" role="alert">
          That picture has more than 2 MB. Choose a smaller one.
        </p>
      )}
      {error !== null && <ErrorNotice error={error} title="The picture was not changed." />}
    </>
  )
}
