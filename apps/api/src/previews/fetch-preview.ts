import type { LinkPreview } from '@parley/message-schema'
import type { GuardedFetch } from '../outgoing/guarded-fetch.ts'
import { OutgoingError } from '../outgoing/outgoing-error.ts'
import { decodeEntities, decodePage, plainText } from './decode-text.ts'
import { readHead } from './read-head.ts'

/** Without the link itself, which is written differently in different messages. */
export type PageFacts = Omit<LinkPreview, 'url'>

/** `null`: the page says nothing of itself, is no page, or could not be reached. */
export type FetchPreview = (url: string) => Promise<PageFacts | null>

const PAGE_BYTES = 512 * 1024
const TIMEOUT_MS = 5_000
const REDIRECTS_MAX = 3
const TITLE_CHARACTERS = 300
const DESCRIPTION_CHARACTERS = 500
const SITE_CHARACTERS = 100
const URL_CHARACTERS = 2_048

const isPage = (mime: string): boolean => mime === 'text/html' || mime === 'application/xhtml+xml'

/** Absolute, http(s), and without a password in it. */
function imageAddress(written: string | undefined, page: string): string | undefined {
  const address = decodeEntities(written ?? '').trim()
  if (address === '' || !URL.canParse(address, page)) return undefined
  const { href, protocol, username, password } = new URL(address, page)
  const isWeb = protocol === 'https:' || protocol === 'http:'
  if (!isWeb || username !== '' || password !== '' || href.length > URL_CHARACTERS) return undefined
  return href
}

/** What a page says of itself: OpenGraph first, then Twitter, then what HTML always had. */
export function readPage(html: string, page: string): PageFacts | null {
  const { title, metas } = readHead(html)
  const first = (...names: string[]): string | undefined =>
    names.map((name) => metas.get(name)).find((content) => (content ?? '').trim() !== '')
  const facts = {
    title: plainText(first('og:title', 'twitter:title') ?? title, TITLE_CHARACTERS),
    description: plainText(
      first('og:description', 'twitter:description', 'description'),
      DESCRIPTION_CHARACTERS,
    ),
    imageUrl: imageAddress(
      first(
        'og:image:secure_url',
        'og:image',
        'og:image:url',
        'twitter:image',
        'twitter:image:src',
      ),
      page,
    ),
    siteName: plainText(first('og:site_name', 'application-name'), SITE_CHARACTERS),
  }
  const told = Object.entries(facts).filter(([, value]) => value !== undefined)
  const saysSomething = facts.title !== undefined || facts.description !== undefined
  return saysSomething ? Object.fromEntries(told) : null
}

export function createFetchPreview(fetch: GuardedFetch): FetchPreview {
  return async (url) => {
    try {
      const answer = await fetch(url, {
        headers: {
          accept: 'text/html,application/xhtml+xml',
          'user-agent': 'Parley (link previews)',
        },
        timeoutMs: TIMEOUT_MS,
        maxBytes: PAGE_BYTES,
        maxRedirects: REDIRECTS_MAX,
        acceptsType: isPage,
      })
      if (answer.status < 200 || answer.status > 299) return null
      return readPage(decodePage(answer.body, answer.headers['content-type'] ?? ''), answer.url)
    } catch (error) {
      if (error instanceof OutgoingError) return null
      throw error
    }
  }
}
