import { describe, expect, test } from 'vitest'
import { readSettings } from './element-settings.ts'

const around = {
  documentLanguage: '',
  documentDir: '',
  navigatorLanguages: ['fr-FR', 'zh-TW', 'en'],
}
const read = (attributes: Record<string, string>, page = {}) =>
  readSettings((name) => attributes[name] ?? null, null, { ...around, ...page })

describe('the language', () => {
  test('is what the element says, else the page, else the browser, else English', () => {
    expect(read({ lang: 'zh' }).language).toBe('zh')
    expect(read({ lang: 'en-GB' }, { documentLanguage: 'zh' })).toMatchObject({
      language: 'en',
      locale: 'en-GB',
    })
    expect(read({}, { documentLanguage: 'zh-Hans-CN' }).locale).toBe('zh-Hans-CN')
    expect(read({}).locale).toBe('zh-TW')
    expect(read({}, { navigatorLanguages: [] }).language).toBe('en')
  })

  test('one that is not spoken here, or is none, is passed over', () => {
    expect(read({ lang: 'fr' }, { documentLanguage: 'en' }).locale).toBe('en')
    expect(read({ lang: 'zh_CN"><b>' }, { documentLanguage: 'en' }).locale).toBe('en')
  })
})

describe('the direction', () => {
  test('is what is around it, what it says, or that of the page', () => {
    expect(read({}, { documentDir: 'rtl' }).dir).toBeNull()
    expect(read({ dir: 'rtl' }).dir).toBe('rtl')
    expect(read({ dir: 'auto' }, { documentDir: 'RTL' }).dir).toBe('rtl')
    expect(read({ dir: 'auto' }).dir).toBe('ltr')
    expect(read({ dir: 'sideways' }).dir).toBeNull()
  })
})

test('blank attributes are not there', () => {
  expect(read({ url: ' ', token: '', room: ' r ', 'guest-name': '' })).toMatchObject({
    url: null,
    token: null,
    roomId: 'r',
    guestName: null,
  })
})
