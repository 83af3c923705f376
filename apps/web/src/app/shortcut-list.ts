export interface ShortcutGroup {
  readonly title: string
  readonly rows: readonly { readonly keys: readonly string[]; readonly does: string }[]
}

/** What the help shows. */
export const SHORTCUTS: readonly ShortcutGroup[] = [
  {
    title: 'Everywhere',
    rows: [
      { keys: ['Mod+K'], does: 'Go to a room, a person, or do something' },
      { keys: ['Alt+Up', 'Alt+Down'], does: 'Previous and next room' },
      { keys: ['Alt+Shift+Up', 'Alt+Shift+Down'], does: 'Previous and next unread room' },
      { keys: ['Mod+Shift+F', '/'], does: 'Search in messages' },
      { keys: ['Esc'], does: 'Shut what is open, else mark the room as read' },
      { keys: ['Mod+,'], does: 'Settings' },
      { keys: ['?'], does: 'This list' },
    ],
  },
  {
    title: 'Messages',
    rows: [
      { keys: ['Enter'], does: 'Send' },
      { keys: ['Shift+Enter'], does: 'New line' },
      { keys: ['Up'], does: 'Edit your last message, in an empty field' },
      { keys: ['Esc'], does: 'Leave editing or replying' },
      { keys: ['@'], does: 'Mention somebody' },
      { keys: [':'], does: 'Emoji by name' },
    ],
  },
]
