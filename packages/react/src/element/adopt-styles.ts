import { COMPOSER } from './style-composer.ts'
import { LAYOUT } from './style-layout.ts'
import { MESSAGES } from './style-messages.ts'
import { THEME } from './style-theme.ts'

let sheet: CSSStyleSheet | null = null

/** One sheet for all elements of the page, made by script: a strict CSP forbids `<style>` and not this. */
export function adoptStyles(shadow: ShadowRoot): void {
  if (sheet === null) {
    sheet = new CSSStyleSheet()
    sheet.replaceSync([THEME, LAYOUT, MESSAGES, COMPOSER].join('\n'))
  }
  shadow.adoptedStyleSheets = [sheet]
}
