import type { TimelineMessage } from '@parley/client'
import { useChat, useMe, useStore } from '@parley/react'
import { SmilePlus } from 'lucide-react'
import { memo, type ReactElement, useState } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { IconButton } from '../ui/icon-button.tsx'
import { toastError } from '../ui/toaster.tsx'
import { Tooltip } from '../ui/tooltip.tsx'
import { useMay, useScope } from './conversation-scope.tsx'
import { namesWords } from './names-words.ts'

type Reaction = TimelineMessage['reactions'][number]

const NAMED = 8

function NameOf({ userId }: { readonly userId: string }): ReactElement {
  const user = useStore(useChat().people.get(userId))
  return <>{user?.displayName ?? '…'}</>
}

/** Who it was. People are only asked for when somebody wants to know. */
function Who({ reaction }: { readonly reaction: Reaction }): ReactElement {
  const me = useMe()
  const others = reaction.userIds.filter((id) => id !== me?.id)
  const shown = others.slice(0, NAMED)
  const rest = reaction.count - shown.length - (reaction.mine ? 1 : 0)
  const parts = [
    ...(reaction.mine ? ['you'] : []),
    ...shown.map((id) => <NameOf key={id} userId={id} />),
    ...(rest > 0 ? [`${rest} more`] : []),
  ]
  return (
    <span>
      {namesWords(parts).map((part, index) => (
        <span key={index}>{part}</span>
      ))}{' '}
      reacted with {reaction.key}
    </span>
  )
}

function Chip({
  message,
  reaction,
  isOff,
}: {
  readonly message: TimelineMessage
  readonly reaction: Reaction
  readonly isOff: boolean
}): ReactElement {
  const { room } = useScope()
  const [isAsked, setIsAsked] = useState(false)
  return (
    <Tooltip text={isAsked ? <Who reaction={reaction} /> : ''} side="top">
      <AriaButton
        className="conv-chip"
        aria-pressed={reaction.mine}
        aria-label={`${reaction.key}, ${reaction.count}`}
        onHoverStart={() => setIsAsked(true)}
        onFocus={() => setIsAsked(true)}
        isDisabled={isOff && !reaction.mine}
        onPress={() => {
          room.messages
            .react(message.seq, reaction.key, !reaction.mine)
            .catch((error: unknown) => toastError(error, 'The reaction was not changed.'))
        }}
      >
        <span className="conv-chip-key" aria-hidden>
          {reaction.key}
        </span>
        <span aria-hidden>{reaction.count}</span>
      </AriaButton>
    </Tooltip>
  )
}

export const Reactions = memo(function Reactions({
  message,
}: {
  readonly message: TimelineMessage
}): ReactElement {
  const { overlay } = useScope()
  const mayReact = useMay('message:react')
  return (
    <div className="conv-reactions" role="group" aria-label="Reactions">
      {message.reactions.map((reaction) => (
        <Chip key={reaction.key} message={message} reaction={reaction} isOff={!mayReact} />
      ))}
      {mayReact && (
        <IconButton
          className="conv-chip-add"
          size="sm"
          label="Add reaction"
          icon={SmilePlus}
          onPress={({ target }) => overlay.set({ name: 'react', message, anchor: target })}
        />
      )}
    </div>
  )
})
