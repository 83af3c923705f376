import { TriangleAlert } from 'lucide-react'
import type { ReactElement } from 'react'
import '../ui/state.css'

/** What went wrong with a form as a whole. */
export function FormError({ text }: { readonly text: string | undefined }): ReactElement | null {
  if (text === undefined) return null
  return (
    <div className="ui-error" role="alert">
      <TriangleAlert size={18} aria-hidden />
      <p className="ui-error-words">{text}</p>
    </div>
  )
}
