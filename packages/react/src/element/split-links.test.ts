import { describe, expect, test } from 'vitest'
import { splitLinks } from './split-links.ts'

const linksOf = (text: string): readonly string[] =>
  splitLinks(text).flatMap((part) => (part.kind === 'link' ? [part.text] : []))

describe('links of a text', () => {
  test.each([
    ['See https://a.example/x.', ['https://a.example/x']],
    ['(https://a.example/b_(c))', ['https://a.example/b_(c)']],
    [
      'HTTP://A.EXAMPLE and https://b.example?q=1,2',
      ['HTTP://A.EXAMPLE', 'https://b.example?q=1,2'],
    ],
    ['看https://a.example/中文。好', ['https://a.example/中文']],
    ['<https://a.example>', ['https://a.example']],
    ['"https://a.example"onmouseover=x', ['https://a.example']],
    ['javascript:alert(1) data:text/html,x //a.example ftp://a.example', []],
    ['https://', []],
    ['https://[bad', []],
    ['', []],
  ])('%s', (text, links) => {
    expect(linksOf(text)).toEqual(links)
  })

  test('joined again the parts are the text', () => {
    const texts = ['a https://x.example) b', 'https://x.example', 'no', 'http://a..https://b.c/!?']
    for (const text of texts) {
      expect(
        splitLinks(text)
          .map((part) => part.text)
          .join(''),
      ).toBe(text)
    }
  })

  test('every address that can be followed is http or https', () => {
    for (const part of splitLinks(
      'https://a.example/javascript:alert(1) http://javascript:x@b.c',
    )) {
      if (part.kind === 'link') expect(new URL(part.href).protocol).toMatch(/^https?:$/u)
    }
  })

  test('a text of brackets alone takes no time that grows by its square', () => {
    expect(linksOf(`https://a.example/${')'.repeat(20_000)}`)).toEqual(['https://a.example/'])
  })
})
