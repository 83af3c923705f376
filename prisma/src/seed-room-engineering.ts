import type { RoomScript } from './seed-script.ts'

export const engineering: RoomScript = {
  kind: 'room',
  name: 'engineering',
  visibility: 'public',
  topic: 'How it is built, and why it is slow today',
  createdDaysAgo: 6,
  members: ['bob', 'alice', 'dan', 'aqiang', 'xiaoming', 'meilin'],
  unread: { alice: 4, dan: 2 },
  scenes: [
    {
      begins: { daysAgo: 4, at: '10:30' },
      lines: [
        [
          'bob',
          0,
          "Yesterday's question was: why is a send acknowledged only after the commit? It costs a few milliseconds.",
        ],
        [
          'aqiang',
          3,
          'Because an ack is a promise. If the process dies between the ack and the write, we have lied.',
        ],
        ['dan', 2, 'Could Redis hold it in between?'],
        [
          'aqiang',
          3,
          'Then Redis would hold acknowledged messages, and one FLUSHALL is enough to lose them.',
        ],
        [
          'bob',
          2,
          'And with batching it is cheap: while one transaction is under way, the next commands gather and go together.',
        ],
        [
          'xiaoming',
          6,
          'I measured it. One transaction a message: about a thousand a second. Batched: more than ten times as many, on the same laptop.',
        ],
        ['dan', 1, '😮'],
        [
          'alice',
          2,
          'Please put the numbers and the command that makes them into the docs, so that others can repeat it.',
        ],
        ['xiaoming', 1, 'Will do today.'],
      ],
    },
    {
      begins: { daysAgo: 2, at: '14:10' },
      lines: [
        [
          'dan',
          0,
          'Flaky test in the resume suite, about one in fifty runs: the client applies event 42 twice.',
        ],
        ['bob', 4, 'From which source? Live, the ack, or sync?'],
        ['dan', 7, 'Sync and live at the same time. Both are right on their own.'],
        [
          'bob',
          2,
          'Then the guard is missing on one path. Everything must go through the same door: expected is applied, lower is dropped, higher is held.',
        ],
        [
          'dan',
          11,
          'Found it. The reply to sync wrote straight into the list. Two lines.',
          {
            edited:
              'Found it. The reply to sync wrote straight into the list instead of going through the guard. Two lines.',
          },
        ],
        ['aqiang', 3, 'Is there a test that fails without the two lines?'],
        ['dan', 2, 'There is now: it plays all orders of arrival of seven events.'],
        ['meilin', 2, 'I like bugs that die with their whole family.'],
        ['bob', 1, 'Merged.'],
      ],
    },
    {
      begins: { daysAgo: 1, at: '11:02' },
      lines: [
        ['xiaoming', 0, 'Who knows why reconnects came in waves during the last drill?'],
        [
          'alice',
          3,
          'All clients waited exactly one second. They were polite, and they were polite together.',
        ],
        ['xiaoming', 1, 'So jitter.'],
        [
          'alice',
          1,
          'Jitter, and the server says how long to wait when it is busy. Clients may wait longer, never shorter.',
        ],
        [
          'dan',
          5,
          'Graph before and after: the peak went from 4,200 handshakes a second down to 310.',
        ],
        ['bob', 2, 'That is a graph for the wall.'],
      ],
    },
    {
      begins: { minutesAgo: 85 },
      lines: [
        [
          'aqiang',
          0,
          'Heads up: I am changing the index on the events table in the test cluster. Reads may be slow for a minute.',
        ],
        ['dan', 3, 'Ack, I pause the benchmark.'],
        [
          'aqiang',
          9,
          'Done. Unread counts of a room with 200,000 messages: 3 ms before, 0.4 ms now.',
        ],
        ['xiaoming', 2, 'No counter per member, and still faster than one. 厉害！'],
        ['bob', 6, 'Could you show the plan? I want to see that it reads the index only.'],
        [
          'aqiang',
          4,
          'EXPLAIN says "Using index" for all three kinds of rooms. I put the output into the decision page.',
        ],
        [
          'meilin',
          5,
          'Reading it now. One question: does it hold on MySQL 8 as well, or only on MariaDB?',
        ],
        ['aqiang', 3, 'Both. I ran the same test against both versions.'],
        [
          'bob',
          4,
          '@alice then we can take "slow unread counts" off the list of risks for the demo.',
        ],
      ],
    },
  ],
}
