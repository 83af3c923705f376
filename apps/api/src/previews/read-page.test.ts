import { expect, test } from 'vitest'
import { decodePage, plainText } from './decode-text.ts'
import { readPage } from './fetch-preview.ts'
import { readHead } from './read-head.ts'

const PAGE = 'https://example.com/folder/page'
const read = (html: string) => readPage(html, PAGE)

test('OpenGraph comes first, then Twitter, then what HTML always had', () => {
  const html = `<!DOCTYPE html><html><head>
    <title>Plain title</title>
    <meta name="description" content="Plain description">
    <meta name="twitter:title" content="Twitter title">
    <meta property="og:title" content="Graph &amp; title">
    <meta property='og:description' content='It&#39;s a "description"'>
    <meta property="og:image" content="/image.png?a=1&amp;b=2">
    <meta property="og:site_name" content="Example">
    </head><body><meta property="og:title" content="of the body"></body>`
  expect(read(html)).toEqual({
    title: 'Graph & title',
    description: 'It\'s a "description"',
    imageUrl: 'https://example.com/image.png?a=1&b=2',
    siteName: 'Example',
  })
  expect(read('<title>Only a title</title>')).toEqual({ title: 'Only a title' })
  expect(read('<meta name=twitter:title content=Bare><title>T</title>')).toEqual({ title: 'Bare' })
  expect(read('<TITLE\n>Loud</TITLE><META NAME="DESCRIPTION" CONTENT="d">')).toEqual({
    title: 'Loud',
    description: 'd',
  })
  expect(read('<meta property="og:title" content=" "><title>t</title>')).toEqual({ title: 't' })
})

test.each([
  ['nothing', ''],
  ['text', 'just text, no page'],
  ['an empty title', '<title>  </title>'],
  ['an image only', '<meta property="og:image" content="/a.png">'],
  ['a title in the body', '<body><title>t</title>'],
  ['a title in a script', '<script>"<title>t</title>"</script>'],
  ['a title in a drawing', '<svg><title>t</title></svg>'],
  ['a title in a comment', '<!-- <title>t</title> -->'],
  ['a comment without an end', '<!-- <title>t</title>'],
  ['a script without an end', '<script><title>t</title>'],
])('%s says nothing', (_what, html) => {
  expect(read(html)).toBeNull()
})

test('markup in a title is text', () => {
  expect(read('<title><b>a</b> &lt;script&gt;</title>')).toEqual({ title: '<b>a</b> <script>' })
  expect(read('<title>a</title><title>b</title>')).toEqual({ title: 'a' })
  expect(read('<title>without an end')).toEqual({ title: 'without an end' })
})

test.each([
  ['javascript:alert(1)', undefined],
  ['data:image/png;base64,AAAA', undefined],
  ['ftp://example.com/a.png', undefined],
  ['https://user:secret@example.com/a.png', undefined],
  ['https://[bad', undefined],
  [`/${'a'.repeat(3_000)}`, undefined],
  ['//cdn.example.com/a.png', 'https://cdn.example.com/a.png'],
  ['a.png', 'https://example.com/folder/a.png'],
  ['http://example.com/a.png', 'http://example.com/a.png'],
])('the image %s is %s', (content, imageUrl) => {
  const facts = read(`<title>t</title><meta property="og:image" content="${content}">`)
  expect(facts?.imageUrl).toBe(imageUrl)
})

test('text is one line, plain, and not too long', () => {
  expect(plainText(' a\n\t b\u202ec\0 ', 10)).toBe('a bc')
  expect(plainText('&#x202e;a&#0;&#xd800;&#x110000;', 10)).toBe('a\ufffd\ufffd\ufffd')
  expect(plainText('🦀🦀🦀🦀', 3)).toBe('🦀🦀…')
  expect(plainText('&unknown; &amp;amp; &', 50)).toBe('&unknown; &amp; &')
  expect(plainText('&nbsp;\u200b', 5)).toBeUndefined()
  const long = read(`<title>${'a'.repeat(1_000)}</title>`)
  expect(long?.title).toHaveLength(300)
})

test('bytes are read as HTTP or the page say', () => {
  const latin = Buffer.from('<title>Zoë</title>', 'latin1')
  expect(decodePage(latin, 'text/html; charset=ISO-8859-1')).toContain('Zoë')
  const declared = Buffer.concat([Buffer.from('<meta charset="windows-1252">'), latin])
  expect(decodePage(declared, 'text/html')).toContain('Zoë')
  expect(decodePage(Buffer.from('Zoë'), 'text/html; charset=no-such-thing')).toBe('Zoë')
  expect(decodePage(Buffer.from('日本', 'utf8'), '')).toBe('日本')
})

test.each([
  '<'.repeat(500_000),
  '<a '.repeat(150_000),
  '<meta '.repeat(80_000),
  '<!--'.repeat(120_000),
  '<script>'.repeat(60_000),
  `<meta ${'a="'.repeat(160_000)}`,
  `<meta ${'a=b '.repeat(120_000)}>`,
  `<a${' '.repeat(500_000)}`,
  `<meta a${' '.repeat(500_000)}`,
  `<title>${'&#x41'.repeat(100_000)}`,
  `<meta name="description" content="${'&amp'.repeat(120_000)}">`,
])('a page of nothing but %#. openings is read to its end', (html) => {
  expect(readHead(html).metas.size).toBeLessThanOrEqual(200)
  read(html)
  decodePage(Buffer.from(html), 'text/html')
})
