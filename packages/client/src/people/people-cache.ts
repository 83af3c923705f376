import type { User } from '@parley/message-schema'
import type { People } from './people.ts'

/** What messages and members lists tell of a person. */
export type PersonSeen = Pick<User, 'id' | 'username' | 'displayName' | 'avatarUrl'> & Partial<User>

/** For those who read people beside what they ask for: who is told of need not be asked for. */
export interface PeopleCache extends People {
  readonly remember: (people: readonly PersonSeen[]) => void
}
