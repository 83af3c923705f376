import type { MarkdownRenderer } from 'vitepress'

interface Inline {
  type: string
  content: string
  readonly children: Inline[] | null
}

const endsWide = /[\p{Script=Han}\u3000-\u303F\uFF00-\uFFEF]$/u
const beginsWide = /^[\p{Script=Han}\u3000-\u303F\uFF00-\uFFEF]/u

/** A line that ends in Chinese and goes on in Chinese has no blank there. */
export function joinChineseLines(md: MarkdownRenderer): void {
  md.core.ruler.push('chinese_lines', ({ tokens }) => {
    for (const { children } of tokens as unknown as Inline[]) {
      for (const [at, token] of (children ?? []).entries()) {
        if (token.type !== 'softbreak') continue
        const before = children?.slice(0, at).findLast(({ content }) => content !== '')
        const after = children?.slice(at + 1).find(({ content }) => content !== '')
        if (!endsWide.test(before?.content ?? '') || !beginsWide.test(after?.content ?? ''))
          continue
        token.type = 'text'
        token.content = ''
      }
    }
  })
}
