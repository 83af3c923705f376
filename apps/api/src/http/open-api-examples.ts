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
  postSync: { rooms: { '0197f0c1-0000-7000-8000-000000000003': 41 }, waitMs: 25_000 },
}
