import {
  invalid,
  ParleyError,
  type Device,
  type DeviceDraft,
  type DeviceKind,
} from '@parley/message-schema'
import { checkOutgoingAddress, type AllowedHosts } from '../outgoing/outgoing-address.ts'
import { OutgoingError } from '../outgoing/outgoing-error.ts'

export interface NewDevice {
  readonly kind: DeviceKind
  readonly address: string
  readonly keys: { readonly p256dh: string; readonly auth: string } | null
  readonly name: string | null
  readonly clears: boolean
}

export interface DeviceStore {
  /** In place of the same address, whoever had it; the oldest above a number are forgotten. */
  readonly put: (
    userId: string,
    sessionId: string | undefined,
    device: NewDevice,
    now: Date,
  ) => Promise<Device>
  readonly list: (userId: string) => Promise<Device[]>
  /** `false` if there is none. */
  readonly remove: (userId: string, id: string) => Promise<boolean>
}

export interface DevicePorts {
  readonly store: DeviceStore
  /** What this cluster pushes to. */
  readonly kinds: ReadonlySet<DeviceKind>
  readonly allowedHosts: AllowedHosts
  readonly now: () => Date
}

export interface DeviceOperations {
  readonly create: (
    userId: string,
    sessionId: string | undefined,
    draft: DeviceDraft,
  ) => Promise<Device>
  readonly list: (userId: string) => Promise<Device[]>
  readonly remove: (userId: string, id: string) => Promise<void>
}

/** A point on the curve, in its long form: 0x04 and two coordinates. */
const isPublicKey = (p256dh: string): boolean => Buffer.from(p256dh, 'base64url')[0] === 4

/** We will call this address, so it must be none of our own network. Names are asked when it is called. */
function requireEndpoint(endpoint: string, allowedHosts: AllowedHosts): void {
  const refuse = (message: string): never => {
    throw invalid('endpoint', message)
  }
  try {
    const { url, isAllowed } = checkOutgoingAddress(endpoint, allowedHosts)
    if (url.protocol !== 'https:' && !isAllowed) refuse('must be an https address')
  } catch (error) {
    if (error instanceof OutgoingError) refuse(error.message)
    throw error
  }
}

function toNewDevice(draft: DeviceDraft, allowedHosts: AllowedHosts): NewDevice {
  const { kind, name = null, clears = true } = draft
  if (kind !== 'webpush') return { kind, address: draft.token, keys: null, name, clears }
  requireEndpoint(draft.endpoint, allowedHosts)
  if (!isPublicKey(draft.keys.p256dh)) {
    throw invalid('keys.p256dh', 'must be a key of the curve P-256')
  }
  return { kind, address: draft.endpoint, keys: draft.keys, name, clears }
}

/** A device belongs to who registered it last, and ends with the session that registered it. */
export function createDevices({ store, kinds, allowedHosts, now }: DevicePorts): DeviceOperations {
  return {
    async create(userId, sessionId, draft) {
      if (!kinds.has(draft.kind)) {
        throw new ParleyError('REJECTED', {
          message: `This server does not push by ${draft.kind}.`,
        })
      }
      return store.put(userId, sessionId, toNewDevice(draft, allowedHosts), now())
    },
    list: store.list,
    async remove(userId, id) {
      if (await store.remove(userId, id)) return
      throw new ParleyError('NOT_FOUND', { message: 'There is no such device.' })
    },
  }
}
