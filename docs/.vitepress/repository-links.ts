import { posix } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'
import { pageOf, sourceOf } from './repository-pages.ts'

interface Token {
  type: string
  tag: string
  attrs: [string, string][] | null
  children: Token[] | null
  readonly nesting: number
  attrGet(name: string): string | null
  attrSet(name: string, value: string): void
}

const isElsewhere = (target: string): boolean => /^(?:[a-z][a-z+.-]*:|\/|#)/iu.test(target)

/**
 * Pages are written to be read in the repository too, so their links lead to files. Here such a link
 * leads to the page of the site that the file is; to the repository, where its address is known; and
 * else it is words, with the name of the file to be seen by pointing at it.
 */
export function linkRepository(md: MarkdownRenderer, repositoryUrl: string): void {
  md.core.ruler.push('repository_links', ({ tokens, env }) => {
    const page = (env as { relativePath?: string }).relativePath ?? ''
    for (const token of tokens as unknown as Token[]) mend(token.children ?? [], page)
  })

  function mend(tokens: readonly Token[], page: string): void {
    let isWords = false
    for (const token of tokens) {
      if (token.type === 'image') mendImage(token, page)
      if (token.type === 'link_open') isWords = !mendLink(token, page)
      if (isWords && token.type.startsWith('link_')) becomeWords(token)
    }
  }

  /** `false` where there is nothing that it could lead to. */
  function mendLink(token: Token, page: string): boolean {
    const href = token.attrGet('href') ?? ''
    if (isElsewhere(href)) return true
    const [path = '', hash] = href.split('#')
    const file = posix.join(posix.dirname(sourceOf(page)), decodeURI(path))
    const anchor = hash === undefined ? '' : `#${hash}`
    const target = pageOf(file)
    if (target !== null) token.attrSet('href', `/${target}${anchor}`)
    else if (repositoryUrl !== '') token.attrSet('href', `${repositoryUrl}/${file}${anchor}`)
    else token.attrs = [['title', file]]
    return target !== null || repositoryUrl !== ''
  }
}

function mendImage(token: Token, page: string): void {
  const src = token.attrGet('src') ?? ''
  const source = sourceOf(page)
  if (isElsewhere(src) || source === `docs/${page}`) return
  const file = posix.join(posix.dirname(source), src)
  token.attrSet('src', posix.relative(posix.dirname(`docs/${page}`), file))
}

function becomeWords(token: Token): void {
  token.tag = 'span'
  token.type = token.nesting === 1 ? 'repository_open' : 'repository_close'
  if (token.nesting === 1) token.attrSet('class', 'in-repository')
}

/** Headings have the anchors here that they have on GitHub. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')
