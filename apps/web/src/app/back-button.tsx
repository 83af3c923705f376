import { ArrowLeft } from 'lucide-react'
import type { ReactElement } from 'react'
import { HOME_HREF, navigate } from './route.ts'
import { IconButton } from '../ui/icon-button.tsx'

/** For the head of a pane: leads back to the rooms where only one pane fits. */
export function BackToRooms(): ReactElement {
  return (
    <IconButton
      className="shell-back"
      label="Back to the rooms"
      icon={ArrowLeft}
      onPress={() => navigate(HOME_HREF)}
    />
  )
}
