import { useFileLink } from '@parley/react'
import { type ReactElement, useState } from 'react'
import { avatarColour, initialsOf } from './avatar-face.ts'
import './avatar.css'

export type Presence = 'online' | 'away' | 'dnd' | 'offline'

export interface AvatarProps {
  /** Of the person or the room; said only where nothing beside the avatar says it (`isNamed`). */
  readonly name: string
  /** What chooses the colour: the id. */
  readonly seed: string
  readonly url: string | null
  /** Pixels. */
  readonly size?: number
  /** A dot in the corner. */
  readonly presence?: Presence | null
  readonly shape?: 'round' | 'square'
  /** The name is said by screen readers. */
  readonly isNamed?: boolean
}

const PRESENCE_WORDS: Record<Presence, string> = {
  online: 'online',
  away: 'away',
  dnd: 'do not disturb',
  offline: 'offline',
}

export const presenceWords = (presence: Presence): string => PRESENCE_WORDS[presence]

const OWN_FILE = /^\/v1\/files\/([0-9a-f-]{36})$/iu

function Picture({ url }: { readonly url: string }): ReactElement | null {
  const [brokenUrl, setBrokenUrl] = useState<string | null>(null)
  if (brokenUrl === url) return null
  return (
    <img
      className="ui-avatar-picture"
      src={url}
      alt=""
      decoding="async"
      referrerPolicy="no-referrer"
      draggable={false}
      onError={() => setBrokenUrl(url)}
    />
  )
}

function OwnPicture({ fileId }: { readonly fileId: string }): ReactElement | null {
  const link = useFileLink(fileId, { thumbnail: true })
  return link === null ? null : <Picture url={link} />
}

/** A picture over initials: those are seen until it is there, and if it cannot be read. */
export function Avatar({
  name,
  seed,
  url,
  size = 36,
  presence = null,
  shape = 'round',
  isNamed = false,
}: AvatarProps): ReactElement {
  const fileId = url === null ? undefined : OWN_FILE.exec(url)?.[1]
  return (
    <span
      className="ui-avatar"
      data-shape={shape}
      data-colour={avatarColour(seed)}
      style={{ width: size, height: size, fontSize: Math.round(size * 0.4) }}
    >
      <span className="ui-avatar-face" aria-hidden>
        {initialsOf(name)}
        {url !== null &&
          (fileId === undefined ? <Picture url={url} /> : <OwnPicture fileId={fileId} />)}
      </span>
      {presence !== null && <span className="ui-avatar-dot" data-presence={presence} aria-hidden />}
      {(isNamed || presence !== null) && (
        <span className="visually-hidden">
          {[isNamed ? name : null, presence === null ? null : presenceWords(presence)]
            .filter((words) => words !== null)
            .join(', ')}
        </span>
      )}
    </span>
  )
}
