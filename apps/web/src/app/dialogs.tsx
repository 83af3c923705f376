import { createContext, type ReactElement, type ReactNode, use, useMemo, useState } from 'react'

export type DialogName =
  | 'new-room'
  | 'browse'
  | 'new-message'
  | 'join'
  | 'status'
  | 'shortcuts'
  | 'palette'

export interface Dialogs {
  readonly open: DialogName | null
  readonly show: (name: DialogName) => void
  readonly close: () => void
}

const DialogContext = createContext<Dialogs | null>(null)

/** Which dialog of the app is open. One at a time. */
export function useDialogs(): Dialogs {
  const dialogs = use(DialogContext)
  if (dialogs === null) throw new Error('useDialogs needs a DialogProvider above it')
  return dialogs
}

export function DialogProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [open, setOpen] = useState<DialogName | null>(null)
  const dialogs = useMemo<Dialogs>(
    () => ({ open, show: setOpen, close: () => setOpen(null) }),
    [open],
  )
  return <DialogContext value={dialogs}>{children}</DialogContext>
}
