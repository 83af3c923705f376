import { expect, test } from 'vitest'
import { RoomName } from './room.ts'
import { MessageText } from './text.ts'
import { DisplayName } from './user.ts'

test.each(['', ' ', '\u200B\u200D', '\u202E', '\u0000', '\uFEFF \u2060'])(
  '%j says nothing and names nobody',
  (nothing) => {
    for (const schema of [MessageText, DisplayName, RoomName]) {
      expect(schema.safeParse(nothing).success).toBe(false)
    }
  },
)

test.each(['Zoë', '小雨', '👩‍👩‍👧', 'אבג', 'x\u200Cy', 'نام‌ها', '…'])(
  '%j is a name and a text',
  (name) => {
    for (const schema of [MessageText, DisplayName, RoomName]) {
      expect(schema.safeParse(name).success).toBe(true)
    }
  },
)

test.each(['admin\u202Egpj', 'a\u0000', 'two\nlines', 'a\u2066b'])(
  '%j is a text, and no name',
  (tricky) => {
    expect(DisplayName.safeParse(tricky).success).toBe(false)
    expect(RoomName.safeParse(tricky).success).toBe(false)
    expect(MessageText.safeParse(tricky).success).toBe(true)
  },
)
