<?php

// What Parley calls for every message of the room (docs/webhooks.md). It answers quickly, and notes each
// event once: by its webhook-id, in the transaction of what it does with it.

declare(strict_types=1);

require __DIR__ . '/../site.php';

answerJson(function (): array {
    $headers = getallheaders();
    $body = Parley::verifyWebhook(setting('WEBHOOK_SECRET'), $headers, file_get_contents('php://input'));
    if ($body['type'] !== 'message:created') {
        return ['heard' => false];
    }
    $event = $body['event'];
    $insert = database('SITE')->prepare(
        'INSERT IGNORE INTO webhook_events (webhook_id, room_id, seq, actor_id, body) VALUES (?, ?, ?, ?, ?)',
    );
    $insert->execute([
        array_change_key_case($headers)['webhook-id'],
        $body['roomId'],
        $event['seq'],
        $event['actor']['id'],
        $event['data']['text'] ?? null,
    ]);
    return ['heard' => $insert->rowCount() === 1];
});
