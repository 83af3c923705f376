import { useState, type ReactElement } from 'react'
import { useFileLink } from '../hooks/use-file-link.ts'

export interface AvatarProps {
  readonly id: string
  readonly name: string
  readonly url: string | null
}

const segmenter = new Intl.Segmenter()
const FILE = /^\/v1\/files\/([0-9a-f-]{36})$/iu

/** A picture, or the first letter on a colour of one's own. Beside a name, so it says nothing itself. */
export function Avatar({ id, name, url }: AvatarProps): ReactElement {
  const fileId = (url !== null && FILE.exec(url)?.[1]) || null
  const link = useFileLink(fileId)
  const source = fileId === null ? outside(url) : link
  const [broken, setBroken] = useState<string | null>(null)
  return (
    <span className="avatar" part="avatar" aria-hidden="true" data-hue={hueOf(id)}>
      {source !== null && source !== broken ? (
        <img src={source} alt="" onError={() => setBroken(source)} />
      ) : (
        firstLetter(name)
      )}
    </span>
  )
}

const outside = (url: string | null): string | null =>
  url !== null && /^https?:\/\//iu.test(url) ? url : null

const firstLetter = (name: string): string =>
  (
    segmenter.segment(name.trim())[Symbol.iterator]().next().value?.segment ?? ''
  ).toLocaleUpperCase()

function hueOf(id: string): number {
  let hash = 0
  for (const character of id) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 997
  return hash % 8
}
