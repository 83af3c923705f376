import { LIMITS, ParleyError, type MessageType } from '@parley/message-schema'
import { byKey } from '../audit/audit-entry.ts'
import type { KeyIdentity } from '../auth/caller.ts'
import type { MessageTypeStore } from '../db/messages/message-type-store.ts'
import { BUILT_IN_TYPE } from '../preparation/message-types.ts'

export interface ManageTypesPorts {
  readonly store: Omit<MessageTypeStore, 'all'>
  /** Throws `INVALID` for what is no schema. */
  readonly compile: (schema: Record<string, unknown>) => unknown
  readonly refreshLists: () => Promise<void>
}

export interface ManageTypes {
  readonly list: MessageTypeStore['list']
  readonly find: (name: string) => Promise<MessageType>
  readonly put: (
    caller: KeyIdentity,
    name: string,
    schema: Record<string, unknown>,
  ) => Promise<MessageType>
  readonly remove: (caller: KeyIdentity, name: string) => Promise<void>
}

const missing = (): ParleyError =>
  new ParleyError('NOT_FOUND', { message: 'There is no such type of messages.' })

export function createManageTypes({ store, compile, refreshLists }: ManageTypesPorts): ManageTypes {
  async function find(name: string): Promise<MessageType> {
    const type = await store.find(name)
    if (type === null) throw missing()
    return type
  }

  return {
    list: store.list,
    find,

    async put(caller, name, schema) {
      if (name === BUILT_IN_TYPE) {
        throw new ParleyError('REJECTED', { message: `The type ${name} is built in.` })
      }
      compile(schema)
      const isKept = await store.put(name, schema, byKey(caller.keyId, 'type:put', name))
      if (!isKept) {
        throw new ParleyError('REJECTED', {
          message: `There are ${LIMITS.messageTypes} types already.`,
        })
      }
      await refreshLists()
      return find(name)
    },

    async remove(caller, name) {
      if (!(await store.remove(name, byKey(caller.keyId, 'type:deleted', name)))) throw missing()
      await refreshLists()
    },
  }
}
