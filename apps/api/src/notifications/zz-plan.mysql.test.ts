import { createLogPool } from '../db/connect.ts'
import { startNotificationRig, AFTER_MS } from '../testing/notification-rig.ts'
import { expect, test } from 'vitest'
test('plans', async () => {
  await using rig = await startNotificationRig()
  const alice = await rig.api.guest('A')
  const { id: roomId } = await alice.createRoom()
  const { id: big } = await alice.createRoom()
  const b = (x: string) => Buffer.from(x.replaceAll('-', ''), 'hex')
  const pool = rig.pool
  const N = 900
  for (const [room, n] of [[roomId, N], [big, 20000]] as const) {
    await pool.query(`INSERT INTO room_member (room_id,user_id,role,joined_seq,visible_from,read_seq,joined_at)
      SELECT ?, CONCAT('u', seq), 'member', 1,1,0,NOW(3) FROM seq_1_to_${n}`, [b(room)])
    await pool.query('UPDATE room_head SET member_count = ? WHERE room_id = ?', [n + 1, b(room)])
  }
  await pool.query(`INSERT INTO user (id,kind,display_name) SELECT CONCAT('u',seq),'guest','x' FROM seq_1_to_20000`)
  await pool.query(`INSERT INTO push_device (id,user_id,kind,address_hash,address,registered_at)
     SELECT UNHEX(MD5(seq)), CONCAT('u',seq),'fcm',UNHEX(SHA2(seq,256)),'x',NOW(3) FROM seq_1_to_20000`)
  await pool.query(`INSERT INTO notification_state (user_id, room_id, due_at) SELECT CONCAT('u', s.seq), UNHEX(MD5(t.seq)), '2099-01-01' FROM seq_1_to_20000 s JOIN seq_1_to_5 t`)
  await pool.query(`INSERT INTO pending_notification (user_id, room_id, seq, reason) SELECT CONCAT('u', s.seq), UNHEX(MD5(t.seq)), 1,'message' FROM seq_1_to_20000 s JOIN seq_1_to_5 t`)
  await pool.query('ANALYZE TABLE room_member, push_device, notification_state, pending_notification, user')
  const time = async (name: string, f: () => Promise<unknown>) => {
    const t = performance.now(); await f(); console.log(name, Math.round(performance.now() - t))
  }
  for (let i = 0; i < 20; i++) await alice.send(big, `x${i}`, { mentions: ['u1', 'u2'] })
  await time('hear 20 big', rig.hear)
  for (let i = 0; i < 20; i++) await alice.send(roomId, `x${i}`)
  await time('hear 20 default level', rig.hear)
  for (let i = 0; i < 5; i++) await alice.send(roomId, `x${i}`, { mentionAll: 'room' })
  await time('hear 5 @room of 900', rig.hear)
  rig.clock.advance(AFTER_MS + 1)
  await time('decide 900 pairs x5', rig.decide)
  await time('send ' + await rig.rows('push_send'), rig.send)
  console.log(await rig.rows('push_send'), await rig.rows('notification_state'))
  rig.clock.advance(3000)
  await time('clear sweep 900', rig.clear)
}, 120000)
