import { expect, test } from 'vitest'
import { findLinks } from './find-links.ts'

test.each<[string | undefined, string[]]>([
  [undefined, []],
  ['nothing here', []],
  ['see https://example.com', ['https://example.com/']],
  ['see HTTPS://EXAMPLE.com/A', ['https://example.com/A']],
  ['http://a.example, http://b.example.', ['http://a.example/', 'http://b.example/']],
  ['(https://example.com/a)', ['https://example.com/a']],
  ['https://example.com/a_(b)', ['https://example.com/a_(b)']],
  ['[text](https://example.com/a)', ['https://example.com/a']],
  ['**https://example.com/a**', ['https://example.com/a']],
  ['"https://example.com/a"', ['https://example.com/a']],
  ['https://example.com/a?b=c&d=e#f!', ['https://example.com/a?b=c&d=e#f']],
  ['https://example.com/ https://example.com', ['https://example.com/']],
  ['`https://example.com` and ``a ` https://example.com``', []],
  ['```\nhttps://example.com\n``` https://other.example', ['https://other.example/']],
  ['` https://example.com', ['https://example.com/']],
  ['quiet <https://example.com/>', []],
  ['ftp://example.com mailto:a@example.com javascript:alert(1)', []],
  ['https://user:secret@example.com/', []],
  ['https://', []],
  ['https://[bad/', []],
  ['xhttps://example.com', []],
  [`https://example.com/${'a'.repeat(3_000)}`, []],
  [
    [1, 2, 3, 4, 5].map((n) => `https://example.com/${n}`).join(' '),
    ['https://example.com/1', 'https://example.com/2', 'https://example.com/3'],
  ],
])('%j', (text, links) => {
  expect(findLinks(text)).toEqual(links)
})

test.each([
  '`'.repeat(20_000),
  '` '.repeat(10_000),
  'https://'.repeat(2_500),
  `https://a${')'.repeat(19_000)}`,
])('texts that are nothing but openings are read to their end', (text) => {
  expect(findLinks(text).length).toBeLessThanOrEqual(3)
})
