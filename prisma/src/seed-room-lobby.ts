import type { RoomScript } from './seed-script.ts'

export const lobby: RoomScript = {
  kind: 'room',
  name: 'lobby',
  visibility: 'public',
  topic: 'Say hello. Everything that has no room of its own.',
  createdDaysAgo: 6,
  members: ['alice', 'bob', 'carol', 'dan', 'xiaoyu', 'aqiang', 'meilin', 'xiaoming'],
  unread: { bob: 3, carol: 5, xiaoyu: 2 },
  scenes: [
    {
      begins: { daysAgo: 5, at: '09:12' },
      lines: [
        ['alice', 0, 'Good morning everyone, and welcome to our own chat server 👋'],
        [
          'alice',
          1,
          'It runs on three gateways. Open it in two browsers and look at Settings, About: they may well sit on different ones.',
        ],
        ['bob', 3, 'Nice. I am on g2, and this message still found you.'],
        ['carol', 2, 'g1 here!'],
        ['xiaoyu', 4, '大家好！g3 报到 🙋'],
        ['dan', 2, 'So what happens when one of them goes away?'],
        [
          'alice',
          2,
          'You are moved to another one and get what you missed, in order. Try it: stop one of the processes and keep typing.',
        ],
        [
          'dan',
          6,
          'I just did. The page said "reconnecting" for a second, then everything was there. Not even a duplicate.',
        ],
        [
          'bob',
          2,
          'That is what the numbers are for. Each message has its place in the room before anyone sees it.',
        ],
        ['meilin', 5, 'Does it also keep what I write while I am in the elevator? 😄'],
        ['alice', 2, 'Yes, it stays there as "sending…" and goes out once you are back.'],
        ['meilin', 1, 'Perfect, our elevator is slow.'],
      ],
    },
    {
      begins: { daysAgo: 3, at: '12:05' },
      lines: [
        ['carol', 0, 'Lunch? The noodle place opened again.'],
        ['aqiang', 2, 'I am in. 十二点半楼下见？'],
        ['xiaoming', 1, '好，我也去'],
        [
          'dan',
          3,
          'Save me a seat, my meeting runs late.',
          { edited: 'Save me a seat, my meeting runs until 12:40.' },
        ],
        ['carol', 1, 'Will do @dan'],
        ['bob', 45, 'Whoever recommended the spicy one: never again. Or maybe tomorrow.'],
        ['aqiang', 2, '哈哈哈，微辣也是辣'],
        ['xiaoyu', 2, '下次给你点不辣的 @bob'],
        ['bob', 1, 'Deal.'],
      ],
    },
    {
      begins: { daysAgo: 1, at: '16:20' },
      lines: [
        [
          'xiaoming',
          0,
          'Small request: can we agree on where to write decisions down? I keep searching in three rooms.',
        ],
        [
          'alice',
          3,
          'Good point. Proposal: discuss anywhere, but the result goes into the docs folder as a one-page decision.',
        ],
        ['dan', 2, 'One page is a limit I can love.'],
        ['carol', 1, 'And a link to it in the room, please.'],
        ['meilin', 4, '+1, and a date at the top.'],
        ['alice', 2, 'Then it is decided. I will write down that we write things down.'],
        ['bob', 1, 'Very meta.'],
      ],
    },
    {
      begins: { minutesAgo: 64 },
      lines: [
        [
          'alice',
          0,
          'Morning! Demo for the whole team is at four today. Who wants to press the button that kills a gateway?',
        ],
        ['dan', 2, 'Me. I have trained for this my whole life.'],
        ['xiaoyu', 3, '我来负责在另外两个浏览器里发消息'],
        ['carol', 2, 'I will watch the sequence numbers and shout if one is missing.'],
        ['bob', 3, 'Nobody is going to shout.', { deleted: true }],
        [
          'meilin',
          4,
          'Slides are ready: https://example.com/demo-slides. Comments are welcome until three.',
        ],
        ['xiaoming', 6, '第三页的图特别清楚，赞 👍'],
        [
          'alice',
          5,
          'Agreed, lovely drawing @meilin. Could slide five say what happens when Redis is gone as well?',
        ],
        [
          'meilin',
          4,
          'Added. It says: "nothing is lost, delivery goes on, repairs come every second".',
        ],
        ['alice', 3, 'Exactly that. Thank you!'],
        ['aqiang', 12, '我把会议室订好了，大屏也试过了'],
        ['carol', 4, 'You are all wonderful. See you at four ✨'],
      ],
    },
  ],
}
