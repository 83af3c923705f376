import type { RoomScript } from './seed-script.ts'

export const designReview: RoomScript = {
  kind: 'room',
  name: 'design-review',
  visibility: 'public',
  topic: 'Sketches first, opinions second',
  createdDaysAgo: 5,
  members: ['carol', 'meilin', 'alice', 'xiaoyu', 'dan'],
  unread: { dan: 6 },
  scenes: [
    {
      begins: { daysAgo: 3, at: '09:50' },
      lines: [
        ['carol', 0, 'Topic of today: what does a message look like that could not be sent?'],
        [
          'meilin',
          3,
          'Sketch A: it turns red and has "Try again" under it. Sketch B: a small mark that opens a menu.',
        ],
        ['alice', 2, 'A. When something is wrong, the way out should be visible.'],
        ['xiaoyu', 2, 'A 也更适合手机，小图标太难点了'],
        ['carol', 1, 'Good argument. And what do we say while we do not know yet?'],
        [
          'meilin',
          3,
          'Half transparent, and "sending…" where the time will stand. Nothing moves when it arrives.',
        ],
        ['alice', 1, 'Nothing moves. I love it.'],
        ['carol', 2, 'Decided then: A, and nothing moves.'],
      ],
    },
    {
      begins: { daysAgo: 2, at: '15:30' },
      lines: [
        [
          'meilin',
          0,
          'Dark mode, second attempt. The first one was blue like a swimming pool, sorry.',
        ],
        ['dan', 4, 'I liked the swimming pool.'],
        ['carol', 1, 'You also like spicy noodles.'],
        [
          'meilin',
          3,
          'New values: background nearly neutral, one accent, and all texts above 4.5:1. Checked with a tool, not with my eyes.',
        ],
        ['xiaoyu', 5, '在手机上看过了，晚上很舒服'],
        ['alice', 2, 'Ship it.', { edited: 'Ship it. (After the empty states.)' }],
      ],
    },
    {
      begins: { minutesAgo: 190 },
      lines: [
        ['carol', 0, 'Empty states: a new person sees an empty list first. What do we tell them?'],
        ['xiaoyu', 4, 'Not "No data". 说清楚下一步可以做什么'],
        ['meilin', 3, '"Pick a conversation", and two buttons: browse rooms, find people.'],
        ['alice', 2, 'Short and friendly. Yes.'],
        [
          'dan',
          5,
          'Can the buttons also be in the narrow layout? On my phone I see only the list.',
        ],
        ['meilin', 4, 'In the narrow layout the list itself has the links.'],
        ['carol', 2, 'And it must work with the keyboard alone. I will test that before lunch.'],
        [
          'carol',
          38,
          'Tested: all good. The focus is visible everywhere, and Escape closes what it should.',
        ],
        ['meilin', 2, 'Then design-review is done for this week 🎉'],
      ],
    },
  ],
}
