import type { CallRoute } from '@parley/client'

const WORKER = '/sw.js'
/** The id under which the server knows this browser. */
const KEY = 'parley.push-device'

export const canNotify = (): boolean => typeof Notification !== 'undefined'
export const canPush = (): boolean =>
  canNotify() && 'serviceWorker' in navigator && 'PushManager' in globalThis

const registration = async (): Promise<ServiceWorkerRegistration | undefined> =>
  canPush() ? navigator.serviceWorker.getRegistration() : undefined

/** Whether pushes come to this browser also while no page is open. */
export async function isPushed(): Promise<boolean> {
  const subscription = await (await registration())?.pushManager.getSubscription()
  return subscription != null && localStorage.getItem(KEY) !== null
}

function deviceName(): string {
  const { userAgent } = navigator
  const browser = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'].find((name) =>
    userAgent.includes(name),
  )
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera' }
  const system = ['Android', 'iPhone', 'iPad', 'Mac', 'Windows', 'Linux'].find((name) =>
    userAgent.includes(name),
  )
  return `${names[browser ?? ''] ?? browser ?? 'Browser'}${system === undefined ? '' : `, ${system}`}`
}

/** Asks nothing: the person has allowed notifications before. */
export async function startPush(call: CallRoute): Promise<void> {
  const { publicKey } = await call('GET /v1/push/vapid-key', {})
  await navigator.serviceWorker.register(WORKER)
  const { pushManager } = await navigator.serviceWorker.ready
  const subscription = await pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: publicKey,
  })
  const { endpoint = '', expirationTime = null, keys = {} } = subscription.toJSON()
  const { p256dh = '', auth = '' } = keys
  const { device } = await call('POST /v1/me/devices', {
    body: {
      kind: 'webpush',
      endpoint,
      expirationTime,
      keys: { p256dh, auth },
      name: deviceName(),
      // Safari takes the permission away for a push that shows nothing.
      clears: !/^((?!chrome|android).)*safari/iu.test(navigator.userAgent),
    },
  })
  localStorage.setItem(KEY, device.id)
}

export async function stopPush(call: CallRoute): Promise<void> {
  const id = localStorage.getItem(KEY)
  await (await (await registration())?.pushManager.getSubscription())?.unsubscribe()
  localStorage.removeItem(KEY)
  if (id !== null) await call('DELETE /v1/me/devices/:id', { params: { id } })
}
