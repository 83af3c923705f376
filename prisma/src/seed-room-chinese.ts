import type { RoomScript } from './seed-script.ts'

export const chineseChat: RoomScript = {
  kind: 'room',
  name: '中文闲聊',
  visibility: 'public',
  topic: '想到什么说什么',
  createdDaysAgo: 5,
  members: ['xiaoyu', 'aqiang', 'meilin', 'xiaoming', 'alice'],
  unread: { alice: 2, aqiang: 1 },
  scenes: [
    {
      begins: { daysAgo: 4, at: '18:40' },
      lines: [
        ['xiaoyu', 0, '这个房间专门闲聊，工作的事去 engineering 😆'],
        ['meilin', 2, '收到！那我先来：周末有人想去爬山吗？'],
        ['aqiang', 3, '看天气，周六好像有雨'],
        ['xiaoming', 2, '那就周日，山上空气正好'],
        ['meilin', 1, '周日早上八点，地铁站见？'],
        ['aqiang', 2, '八点太早了吧……', { edited: '八点太早了吧，九点怎么样？' }],
        ['xiaoyu', 1, '九点+1'],
        ['meilin', 1, '好，九点，不许迟到 @aqiang'],
        ['aqiang', 1, '我什么时候迟到过（心虚）'],
      ],
    },
    {
      begins: { daysAgo: 2, at: '20:15' },
      lines: [
        ['xiaoming', 0, '最近在看一本讲分布式系统的小说，对，小说'],
        ['xiaoyu', 2, '？？？主角是一个节点吗'],
        ['xiaoming', 1, '主角是一封总也送不到的信，最后每个人都收到了两遍'],
        ['aqiang', 2, '典型的至少一次投递'],
        ['meilin', 1, '应该给它一个 clientMsgId，哈哈'],
        ['xiaoyu', 3, '说好的不聊工作呢！'],
        [
          'alice',
          4,
          'My Chinese is good enough to understand that this was a joke about retries. I am proud of me.',
        ],
        ['xiaoyu', 1, '爱丽丝的中文越来越好了 👏'],
        ['alice', 2, '谢谢！还在努力学习。'],
      ],
    },
    {
      begins: { minutesAgo: 150 },
      lines: [
        ['meilin', 0, '爬山的照片整理好了，一共八十多张'],
        ['aqiang', 3, '有没有我走不动的那张'],
        ['meilin', 1, '有，而且有三张 😂'],
        ['xiaoming', 2, '这张必须打印出来挂办公室'],
        ['aqiang', 1, '把那张删了，求求了', { deleted: true }],
        ['xiaoyu', 5, '山顶的云海真的太美了，下次还去'],
        ['meilin', 3, '下个月红叶季，我来做攻略'],
        ['xiaoyu', 4, '攻略女王！那我负责带水果 🍎'],
        ['xiaoming', 6, '我负责拍照'],
        ['aqiang', 2, '那我负责……走慢一点，陪大家看风景'],
        ['meilin', 2, '好，就这么定了。@alice 也一起来吧！'],
      ],
    },
  ],
}
