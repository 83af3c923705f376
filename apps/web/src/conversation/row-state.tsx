import type { TimelineMessage } from '@parley/client'
import { CircleAlert, Clock3 } from 'lucide-react'
import type { ReactElement } from 'react'
import { Button } from '../ui/button.tsx'
import { errorText } from '../ui/error-text.ts'
import { useScope } from './conversation-scope.tsx'

/** Of one that is not stored: on its way, or refused and what can be done. */
export function RowState({ message }: { readonly message: TimelineMessage }): ReactElement | null {
  const { room } = useScope()
  const { state, key, clientMsgId = key } = message
  if (state.name === 'pending') {
    return (
      <span className="conv-pending" title="On its way">
        <Clock3 size={12} aria-label="On its way" />
      </span>
    )
  }
  if (state.name !== 'failed') return null
  return (
    <div className="conv-failed">
      <CircleAlert size={15} aria-hidden />
      <span className="conv-failed-text">Not sent. {errorText(state.error)}</span>
      <Button size="sm" onPress={() => room.messages.retry(clientMsgId)}>
        Retry
      </Button>
      <Button size="sm" variant="quiet" onPress={() => room.messages.cancel(clientMsgId)}>
        Delete
      </Button>
    </div>
  )
}
