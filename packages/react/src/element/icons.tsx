import type { ReactElement } from 'react'

const icon = (path: string) => (): ReactElement => (
  <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d={path} />
  </svg>
)

export const SendIcon = icon('M4 12 20 4l-4.5 16-4-6.5zm7.5 1.5L20 4')
export const AttachIcon = icon(
  'M19 11.5 12 18.4a4.5 4.5 0 0 1-6.4-6.4l7.3-7.2a3 3 0 0 1 4.3 4.3l-7.2 7.1a1.5 1.5 0 0 1-2.2-2.1l6.4-6.3',
)
export const BackIcon = icon('M15 5l-7 7 7 7')
export const DownIcon = icon('M5 9l7 7 7-7')
export const CloseIcon = icon('M6 6l12 12M18 6 6 18')
export const ReplyIcon = icon('M9 6 4 11l5 5M4 11h9a6 6 0 0 1 6 6v1')
export const ReactIcon = icon(
  'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M8.5 14a4 4 0 0 0 7 0M9 9.6v.2M15 9.6v.2',
)
export const FileIcon = icon('M7 3h7l5 5v13H7zM14 3v5h5')
