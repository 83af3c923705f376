import type { ReactElement } from 'react'
import { useTyping } from '../hooks/use-typing.ts'
import { useUser } from '../hooks/use-user.ts'
import { useElement } from './element-context.ts'

/** Who writes. Its height is there always, so that nothing moves when somebody begins. */
export function TypingLine({ roomId }: { readonly roomId: string }): ReactElement {
  const { strings, formats } = useElement()
  const { userIds, others } = useTyping(roomId)
  const people = [
    useUser(userIds[0] ?? null),
    useUser(userIds[1] ?? null),
    useUser(userIds[2] ?? null),
  ]
  const names = people.flatMap((person) => person?.displayName ?? [])
  const total = userIds.length + others
  const words =
    names.length === 0
      ? strings.someTyping(total)
      : strings.typing(formats.list(names), names.length, total - names.length)
  return (
    <p className="typing" part="typing">
      {total > 0 && <bdi>{words}</bdi>}
    </p>
  )
}
