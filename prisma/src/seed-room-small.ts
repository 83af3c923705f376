import type { RoomScript } from './seed-script.ts'

const onCall: RoomScript = {
  kind: 'room',
  name: 'on-call',
  visibility: 'private',
  topic: 'Who is on duty, and what woke them',
  createdDaysAgo: 6,
  members: ['alice', 'bob', 'aqiang'],
  scenes: [
    {
      begins: { daysAgo: 3, at: '08:02' },
      lines: [
        [
          'aqiang',
          0,
          'Handover: a quiet night. One alert at 03:10, a disk at 80%, cleaned up by itself.',
        ],
        ['bob', 4, 'Thanks. I take over until Thursday.'],
        ['alice', 3, 'Please note in the runbook why it cleaned up by itself.'],
        ['aqiang', 15, 'Noted: the old backups are deleted at four. I moved the alert to 85%.'],
      ],
    },
    {
      begins: { daysAgo: 1, at: '08:00' },
      lines: [
        [
          'bob',
          0,
          'Handover: one gateway was restarted for the new version at 21:00. Drained in 12 s, nobody noticed.',
        ],
        ['alice', 5, 'Nobody noticing is the best review.'],
        ['bob', 1, 'Next on duty: @alice. Good luck!'],
        ['alice', 2, 'Got it.'],
      ],
    },
  ],
}

const aliceAndBob: RoomScript = {
  kind: 'dm',
  name: null,
  visibility: 'private',
  topic: null,
  createdDaysAgo: 4,
  members: ['alice', 'bob'],
  unread: { alice: 1 },
  scenes: [
    {
      begins: { daysAgo: 2, at: '17:20' },
      lines: [
        ['alice', 0, 'Do you have ten minutes tomorrow for the release notes?'],
        ['bob', 6, 'Sure. After lunch?'],
        ['alice', 1, 'Half past one, then.'],
        ['bob', 1, '👍'],
      ],
    },
    {
      begins: { minutesAgo: 42 },
      lines: [
        ['alice', 0, 'Thank you for yesterday, the notes read very well now.'],
        ['bob', 5, 'Glad to hear. I left one sentence for you to decide, it is marked.'],
      ],
    },
  ],
}

const xiaoyuAndMeilin: RoomScript = {
  kind: 'dm',
  name: null,
  visibility: 'private',
  topic: null,
  createdDaysAgo: 3,
  members: ['xiaoyu', 'meilin'],
  scenes: [
    {
      begins: { daysAgo: 2, at: '19:05' },
      lines: [
        ['xiaoyu', 0, '生日蛋糕订好了吗？别让阿强发现'],
        ['meilin', 3, '订好了，周五下午送到前台'],
        ['xiaoyu', 1, '太好了，我去准备卡片'],
        ['meilin', 2, '卡片大家都签一下名吧'],
        ['xiaoyu', 1, '没问题～'],
      ],
    },
  ],
}

const demoCrew: RoomScript = {
  kind: 'group',
  name: null,
  visibility: 'private',
  topic: null,
  createdDaysAgo: 2,
  members: ['alice', 'carol', 'xiaoyu'],
  scenes: [
    {
      begins: { daysAgo: 1, at: '10:15' },
      lines: [
        ['alice', 0, 'The three of us open the demo. Who says what?'],
        ['carol', 3, 'I tell the story, you show it, 小雨 answers the questions in Chinese?'],
        ['xiaoyu', 2, '可以！英文的问题我也能答一点'],
        ['alice', 1, 'Wonderful. Five minutes each, no more.'],
        ['carol', 2, 'I will bring a timer and no mercy.'],
      ],
    },
  ],
}

export const smallRooms: readonly RoomScript[] = [onCall, aliceAndBob, xiaoyuAndMeilin, demoCrew]
