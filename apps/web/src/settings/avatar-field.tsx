import type { User } from '@parley/message-schema'
import type { Upload } from '@parley/client'
import { useChat, useStore } from '@parley/react'
import { type ReactElement, useState } from 'react'
import { FileTrigger } from 'react-aria-components'
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

/** My picture: another one, or none. */
export function AvatarField({ me }: { readonly me: User }): ReactElement {
  const chat = useChat()
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
        await chat.updateMe({ avatarUrl: `/v1/files/${id}` })
      } finally {
        setUpload(null)
      }
    })
  }
  return (
    <>
      <div className="settings-avatar">
        <Avatar name={me.displayName} seed={me.id} url={me.avatarUrl} size={72} />
        <div className="settings-avatar-side">
          <div className="settings-buttons">
            <FileTrigger acceptedFileTypes={TYPES} onSelect={(files) => take(files?.[0])}>
              <Button size="sm" isPending={isBusy}>
                {me.avatarUrl === null ? 'Add a picture' : 'Change picture'}
              </Button>
            </FileTrigger>
            {me.avatarUrl !== null && (
              <Button
                size="sm"
                isDisabled={isBusy}
                onPress={() =>
                  void run(async () => void (await chat.updateMe({ avatarUrl: null })))
                }
              >
                Remove
              </Button>
            )}
          </div>
          {upload === null ? (
            <p className="settings-note">PNG, JPEG, WebP or GIF, at most 2 MB.</p>
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
      {error !== null && <ErrorNotice title="The picture was not changed." error={error} />}
    </>
  )
}
