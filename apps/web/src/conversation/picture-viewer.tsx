import type { TimelineMessage } from '@parley/client'
import { useChat, useFileLink } from '@parley/react'
import { ChevronLeft, ChevronRight, Download, X } from 'lucide-react'
import { type KeyboardEvent, type ReactElement, useState } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components'
import { IconButton } from '../ui/icon-button.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { toastError } from '../ui/toaster.tsx'
import { isPicture } from './attachments.tsx'
import { downloadFile } from './download-file.ts'
import './picture-viewer.css'

export interface PictureViewerProps {
  readonly message: TimelineMessage
  readonly fileId: string
  readonly onShut: () => void
}

/** A picture as large as fits. Arrow keys go through those of the message, Escape shuts. */
export function PictureViewer({ message, fileId, onShut }: PictureViewerProps): ReactElement {
  const { files } = useChat()
  const pictures = message.attachments.filter(isPicture)
  const [index, setIndex] = useState(() =>
    Math.max(
      0,
      pictures.findIndex(({ id }) => id === fileId),
    ),
  )
  const picture = pictures[index]
  const link = useFileLink(picture?.id ?? null)
  const go = (by: number): void =>
    setIndex((at) => Math.min(pictures.length - 1, Math.max(0, at + by)))
  const onKeyDown = ({ key }: KeyboardEvent): void => {
    if (key === 'ArrowRight') go(1)
    if (key === 'ArrowLeft') go(-1)
  }
  const save = (): void => {
    if (picture === undefined) return
    downloadFile(files, picture).catch((error: unknown) =>
      toastError(error, 'The picture was not downloaded.'),
    )
  }
  return (
    <ModalOverlay
      className="conv-viewer"
      isOpen
      isDismissable
      onOpenChange={(isOpen) => {
        if (!isOpen) onShut()
      }}
    >
      <Modal className="conv-viewer-modal">
        <Dialog className="conv-viewer-dialog" aria-label={picture?.name ?? 'Picture'}>
          {/* The keys are for the whole dialog. */}
          <div className="conv-viewer-inner" role="presentation" onKeyDown={onKeyDown}>
            <header className="conv-viewer-head">
              <bdi className="truncate">{picture?.name}</bdi>
              {pictures.length > 1 && (
                <span className="conv-viewer-count">
                  {index + 1} of {pictures.length}
                </span>
              )}
              <IconButton label="Download" icon={Download} onPress={save} />
              <IconButton label="Close" icon={X} autoFocus onPress={onShut} />
            </header>
            <div className="conv-viewer-stage">
              {link === null || picture === undefined ? (
                <Spinner label="Loading the picture" size={28} />
              ) : (
                <img src={link} alt={picture.name} />
              )}
            </div>
            {pictures.length > 1 && (
              <div className="conv-viewer-steps">
                <IconButton
                  label="Previous picture"
                  icon={ChevronLeft}
                  isDisabled={index === 0}
                  onPress={() => go(-1)}
                />
                <IconButton
                  label="Next picture"
                  icon={ChevronRight}
                  isDisabled={index === pictures.length - 1}
                  onPress={() => go(1)}
                />
              </div>
            )}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
