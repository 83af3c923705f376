import { useStore } from '@parley/react'
import { CornerUpLeft, Pencil, X } from 'lucide-react'
import type { ReactElement } from 'react'
import { IconButton } from '../ui/icon-button.tsx'
import { useScope } from './conversation-scope.tsx'

/** Above the field: what is answered or edited. */
export function ComposerBar({ onCancel }: { readonly onCancel: () => void }): ReactElement | null {
  const { target } = useScope()
  const now = useStore(target)
  if (now.name === 'new') return null
  const { message } = now
  const isReply = now.name === 'reply'
  const Icon = isReply ? CornerUpLeft : Pencil
  const words = message.text ?? message.attachments[0]?.name ?? 'A message without words'
  return (
    <div className="conv-bar">
      <Icon size={16} aria-hidden />
      <span className="conv-bar-words">
        <strong className="truncate">
          {isReply ? (
            <>
              Reply to <bdi>{message.sender.displayName}</bdi>
            </>
          ) : (
            'Edit message'
          )}
        </strong>
        <span className="truncate" dir="auto">
          {words}
        </span>
      </span>
      <IconButton
        size="sm"
        label={isReply ? 'Cancel reply' : 'Cancel editing'}
        icon={X}
        onPress={onCancel}
      />
    </div>
  )
}
