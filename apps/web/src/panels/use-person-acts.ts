import { useChat } from '@parley/react'
import { useConfirm } from '../ui/confirm.tsx'
import { toast, toastError } from '../ui/toaster.tsx'
import type { Person } from './use-person.ts'

export interface PersonDoes {
  readonly block: () => Promise<void>
  readonly unblock: () => Promise<void>
  readonly unmute: () => Promise<void>
}

/** What is done about somebody without more being asked than whether. Each says how it went. */
export function usePersonActs({ roomId, userId, name }: Person): PersonDoes {
  const { people, rooms } = useChat()
  const confirm = useConfirm()
  const who = name ?? 'This person'
  const tell = async (done: Promise<void>, good: string, bad: string): Promise<void> => {
    try {
      await done
      toast({ text: good, tone: 'done' })
    } catch (error) {
      toastError(error, bad)
    }
  }
  return {
    block: async () => {
      const yes = await confirm({
        title: `Block ${who}?`,
        text: 'They cannot write to you directly any more, and are not told. In rooms you still see what they write.',
        action: 'Block',
        isDanger: true,
      })
      if (yes) await tell(people.block(userId), `${who} is blocked.`, `${who} was not blocked.`)
    },
    unblock: () =>
      tell(people.unblock(userId), `${who} is not blocked any more.`, `${who} is still blocked.`),
    unmute: () =>
      tell(
        rooms.get(roomId).members.unmute(userId),
        `${who} may write again.`,
        `${who} is still muted.`,
      ),
  }
}
