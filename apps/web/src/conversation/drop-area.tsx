import { Upload } from 'lucide-react'
import { type DragEvent, type ReactElement, type ReactNode, useState } from 'react'
import { toast } from '../ui/toaster.tsx'
import { type Scope, useMay, useScope } from './conversation-scope.tsx'
import { MOST_FILES } from './uploads.ts'
import './composer.css'

export function addFiles(scope: Scope, files: Iterable<File>): void {
  const left = scope.uploads.add(files)
  if (left > 0) {
    toast({ text: `A message takes at most ${MOST_FILES} files.`, tone: 'problem' })
  }
  scope.field.current?.focus()
}

/** Files that are dropped anywhere here go to the composer. */
export function DropArea({ children }: { readonly children: ReactNode }): ReactElement {
  const scope = useScope()
  const mayAttach = useMay('message:attach')
  const [isOver, setIsOver] = useState(false)
  const hasFiles = ({ dataTransfer }: DragEvent): boolean =>
    mayAttach && scope.field.current !== null && dataTransfer.types.includes('Files')
  return (
    <div
      className="conv-drop-area"
      onDragOver={(event) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={({ relatedTarget, currentTarget }) => {
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) {
          setIsOver(false)
        }
      }}
      onDrop={(event) => {
        setIsOver(false)
        if (!hasFiles(event)) return
        event.preventDefault()
        addFiles(scope, event.dataTransfer.files)
      }}
    >
      {children}
      {isOver && (
        <div className="conv-drop" aria-hidden>
          <Upload size={28} />
          Drop files to send them here
        </div>
      )}
    </div>
  )
}
