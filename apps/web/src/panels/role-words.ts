const WORDS: Readonly<Record<string, { readonly one: string; readonly many: string }>> = {
  owner: { one: 'Owner', many: 'Owner' },
  admin: { one: 'Admin', many: 'Admins' },
  moderator: { one: 'Moderator', many: 'Moderators' },
  member: { one: 'Member', many: 'Members' },
  guest: { one: 'Guest', many: 'Guests' },
}

const capital = (name: string): string =>
  name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ')

/** A role as it is called: `Moderator`, `Night shift`. */
export const roleWord = (role: string): string => WORDS[role]?.one ?? capital(role)

/** Those who have it. */
export const roleWords = (role: string): string => WORDS[role]?.many ?? capital(role)
