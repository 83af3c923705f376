import { ParleyError, type Actor, type LinkPreview } from '@parley/message-schema'
import { TokenBuckets } from '@parley/server-kit'
import type { PreviewStore } from '../db/messages/preview-store.ts'
import { findLinks } from '../room-log/find-links.ts'
import type { RunCommand } from '../room-log/run-command.ts'
import type { FetchPreview } from './fetch-preview.ts'

export interface PreviewPorts {
  readonly store: Pick<PreviewStore, 'message' | 'known' | 'remember'>
  readonly fetchPreview: FetchPreview
  readonly run: RunCommand
  readonly now?: () => number
}

/** Looks at the links of a message as it stands now, and tells its room what they lead to. */
export type PreviewLinks = (roomId: string, seq: number) => Promise<void>

const SYSTEM: Actor = { id: 'system', kind: 'system' }
/** Pages that one author has asked for, and pages of one host, in this worker. */
const BY_AUTHOR = { perSecond: 0.5, burst: 30 }
const BY_HOST = { perSecond: 2, burst: 20 }
const KEYS_MAX = 20_000

const withoutPart = (link: string): string => link.split('#', 1)[0] ?? link

/** Somebody who writes many links is not to make this server a tool against somebody else's. */
function createLimit(now: () => number): (authorId: string, page: string) => boolean {
  const byAuthor = new TokenBuckets(BY_AUTHOR, KEYS_MAX)
  const byHost = new TokenBuckets(BY_HOST, KEYS_MAX)
  return (authorId, page) =>
    byAuthor.take(authorId, now()) === 0 && byHost.take(new URL(page).hostname, now()) === 0
}

export function createPreviewLinks(ports: PreviewPorts): PreviewLinks {
  const { store, fetchPreview, run, now = Date.now } = ports
  const mayAsk = createLimit(now)

  async function previewsOf(authorId: string, links: readonly string[]): Promise<LinkPreview[]> {
    const known = await store.known([...new Set(links.map(withoutPart))])
    const found = await Promise.all(
      links.map(async (url): Promise<LinkPreview[]> => {
        const page = withoutPart(url)
        const there = known.get(page)
        if (there !== undefined) return there === null ? [] : [{ url, ...there }]
        if (!mayAsk(authorId, page)) return []
        const facts = await fetchPreview(page)
        await store.remember(page, facts)
        return facts === null ? [] : [{ url, ...facts }]
      }),
    )
    return found.flat()
  }

  return async (roomId, seq) => {
    const message = await store.message(roomId, seq)
    if (message === null) return
    const links = findLinks(message.body.text)
    const previews = await previewsOf(message.authorId, links)
    if (previews.length === 0 && message.body.previews === undefined) return
    await run({ kind: 'message:preview', actor: SYSTEM, roomId, seq, previews }).catch(
      (error: unknown) => {
        // The room is gone: then nobody misses it.
        if (!(error instanceof ParleyError && error.code === 'NOT_FOUND')) throw error
      },
    )
  }
}
