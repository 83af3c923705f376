import type { Chat } from '@parley/client'
import { createUploads, type Uploads } from './uploads.ts'

/** Places with files that wait: of more, those of the one that was left longest ago are given up. */
const PLACES = 20

const kept = new WeakMap<Chat, Map<string, Uploads>>()

/** The files of one composer, which wait there also while one looks into another room. */
export function uploadsAt(chat: Chat, place: string): Uploads {
  return kept.get(chat)?.get(place) ?? createUploads(chat.files)
}

/** While the composer is shown. Answers what to do when it is no more. */
export function keepUploads(chat: Chat, place: string, uploads: Uploads): () => void {
  const places = kept.get(chat) ?? new Map<string, Uploads>()
  kept.set(chat, places)
  places.delete(place)
  places.set(place, uploads)
  const [oldest] = places
  if (places.size > PLACES && oldest !== undefined) {
    places.delete(oldest[0])
    oldest[1].clear()
  }
  return () => {
    if (uploads.files.current.length === 0) places.delete(place)
  }
}
