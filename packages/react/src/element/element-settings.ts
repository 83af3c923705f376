import type { GetToken } from '@parley/client'

export type ElementLanguage = 'en' | 'zh'

/** What a `<parley-chat>` was told by its attributes and properties. */
export interface ElementSettings {
  readonly url: string | null
  readonly token: string | null
  readonly getToken: GetToken | null
  readonly guestName: string | null
  readonly roomId: string | null
  readonly language: ElementLanguage
  /** For times, numbers and plurals: a tag of `language`. */
  readonly locale: string
  /** `null`: as what is around it. */
  readonly dir: 'ltr' | 'rtl' | null
}

/** `theme` is not among them: styles read it. */
export const ATTRIBUTES = ['url', 'token', 'guest-name', 'room', 'lang', 'dir'] as const

export interface Surroundings {
  readonly documentLanguage: string
  readonly documentDir: string
  readonly navigatorLanguages: readonly string[]
}

/** What is not said is taken from the page, then from the browser. */
export function readSettings(
  attribute: (name: (typeof ATTRIBUTES)[number]) => string | null,
  getToken: GetToken | null,
  around: Surroundings,
): ElementSettings {
  const wished = [attribute('lang'), around.documentLanguage, ...around.navigatorLanguages]
  const locale = wished.find((tag) => languageOf(tag) !== null) ?? 'en'
  return {
    url: given(attribute('url')),
    token: given(attribute('token')),
    getToken,
    guestName: given(attribute('guest-name')),
    roomId: given(attribute('room')),
    language: languageOf(locale) ?? 'en',
    locale,
    dir: directionOf(attribute('dir'), around.documentDir),
  }
}

const given = (value: string | null): string | null => (value?.trim() ? value.trim() : null)

function languageOf(tag: string | null | undefined): ElementLanguage | null {
  if (!tag || !/^[a-z]{2,3}(-[a-z\d]{1,8})*$/iu.test(tag)) return null
  const language = tag.toLowerCase().split('-')[0]
  return language === 'en' || language === 'zh' ? language : null
}

function directionOf(dir: string | null, documentDir: string): 'ltr' | 'rtl' | null {
  const wished =
    dir?.toLowerCase() === 'auto' ? documentDir.toLowerCase() || 'ltr' : dir?.toLowerCase()
  return wished === 'rtl' || wished === 'ltr' ? wished : null
}
