/** Request bodies that can be sent as they are, by the name of the route. */
export const REQUEST_EXAMPLES: Readonly<Record<string, unknown>> = {
  register: { username: 'ada', password: 'correct horse battery', displayName: 'Ada Lovelace' },
  login: { username: 'ada', password: 'correct horse battery' },
  guest: { displayName: 'A visitor' },
  createRoom: { name: 'Engines', visibility: 'public', topic: 'Analytical ones' },
  createDm: { userIds: ['0197f0c1-0000-7000-8000-000000000001'] },
  putMember: { role: 'member' },
  postMessage: { clientMsgId: '0197f0c1-0000-7000-8000-000000000002', text: 'Hello' },
  patchMessage: { text: 'Hello, all', ifVersion: 0 },
  putRead: { upTo: 42 },
  createApiKey: { name: 'Orders', scopes: ['messages:write', 'users:write'] },
  patchApiKey: { name: 'Orders and invoices' },
  rotateApiKey: { graceS: 3_600 },
  createWebhook: {
    url: 'https://example.com/parley',
    events: ['message:created', 'message:deleted'],
    description: 'Orders',
  },
  patchWebhook: { disabled: true },
  enableWebhook: { from: 'cursor' },
  rotateWebhookSecret: { graceS: 3_600 },
  replayWebhook: { roomId: '0197f0c1-0000-7000-8000-000000000003', fromSeq: 40, toSeq: 60 },
  serverSend: {
    roomId: '0197f0c1-0000-7000-8000-000000000003',
    as: { kind: 'system' },
    text: 'Order 7 was shipped.',
  },
  serverSendBatch: {
    messages: [
      {
        roomId: '0197f0c1-0000-7000-8000-000000000003',
        as: { kind: 'bot', id: 'orders', displayName: 'Orders' },
        text: 'Order 7 was shipped.',
      },
    ],
  },
  putUser: { displayName: 'Ada Lovelace', avatarUrl: 'https://example.com/ada.png' },
  putUsers: { users: [{ id: 'ada', displayName: 'Ada Lovelace' }] },
  patchMe: { displayName: 'Ada King' },
  postSync: { rooms: { '0197f0c1-0000-7000-8000-000000000003': 41 }, waitMs: 25_000 },
  putPrefs: { privacy: { lastSeen: 'contacts', readReceipts: false } },
  putMyPresence: { status: 'dnd', text: 'In a meeting' },
}
