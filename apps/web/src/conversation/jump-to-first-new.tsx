import { ArrowUp } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { useStore } from '@parley/react'
import { Button as AriaButton } from 'react-aria-components'
import { toastError } from '../ui/toaster.tsx'
import type { ReadLine } from './use-read-line.ts'

export interface JumpToFirstNewProps {
  readonly readLine: ReadLine
  /** What is loaded goes back to the line. */
  readonly isHere: boolean
  readonly onJump: (seq: number) => Promise<void> | undefined
}

/** Where more is new than was loaded: leads to the first of it. */
export function JumpToFirstNew({
  readLine,
  isHere,
  onJump,
}: JumpToFirstNewProps): ReactElement | null {
  const readTo = useStore(readLine.readTo)
  const [isDone, setIsDone] = useState(false)
  if (readTo === null || isHere || isDone || readLine.count === 0) return null
  return (
    <AriaButton
      className="conv-first-new"
      onPress={() => {
        setIsDone(true)
        onJump(readTo + 1)?.catch((error: unknown) => toastError(error))
      }}
    >
      <ArrowUp size={15} aria-hidden />
      {readLine.count} new messages: show the first
    </AriaButton>
  )
}
