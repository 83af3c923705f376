// @vitest-environment happy-dom
import { act } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import './element.ts'

afterEach(() => document.body.replaceChildren())

const text = (element: Element): string => element.shadowRoot?.textContent ?? ''

test('without a sign-in it says what the page has to give, in the language that is asked for', async () => {
  const element = document.createElement('parley-chat')
  element.setAttribute('lang', 'zh')
  await act(async () => document.body.append(element))
  expect(text(element)).toContain('尚未登录')
  await act(async () => element.setAttribute('lang', 'en'))
  expect(text(element)).toContain('Nobody is signed in.')
})

test('its styles are a sheet and not markup, the same for all of them', async () => {
  const [one, two] = [document.createElement('parley-chat'), document.createElement('parley-chat')]
  await act(async () => document.body.append(one, two))
  expect(one.shadowRoot?.adoptedStyleSheets).toHaveLength(1)
  expect(one.shadowRoot?.adoptedStyleSheets[0]).toBe(two.shadowRoot?.adoptedStyleSheets[0])
  expect(one.shadowRoot?.querySelector('style, link, [style]')).toBeNull()
})

test('who is moved to another place in the page stays as it is; who is removed is empty', async () => {
  const element = document.createElement('parley-chat')
  const other = document.createElement('section')
  await act(async () => document.body.append(element, other))
  const root = element.shadowRoot?.firstElementChild
  await act(async () => other.append(element))
  expect(element.shadowRoot?.firstElementChild).toBe(root)
  await act(async () => {
    element.remove()
    await new Promise((resolve) => setTimeout(resolve, 0))
  })
  expect(element.shadowRoot?.childElementCount).toBe(0)
})

test('a direction of its own is on its root, else it has that of the page', async () => {
  const element = document.createElement('parley-chat')
  await act(async () => document.body.append(element))
  const root = element.shadowRoot?.querySelector('.root')
  expect(root?.hasAttribute('dir')).toBe(false)
  await act(async () => element.setAttribute('dir', 'rtl'))
  expect(root?.getAttribute('dir')).toBe('rtl')
})
