<?php

// What publish.js asks: what the webhook brought after a position. Parley is not asked.

declare(strict_types=1);

require __DIR__ . '/../lounge.php';

answerJson(function (): array {
    requireCustomer();
    $after = afterOfPage() ?? 0;
    $found = database('SITE')->prepare(
        'SELECT seq, COALESCE(name, actor_id) AS name, body FROM webhook_events
         LEFT JOIN chat_people ON id = actor_id WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT 200',
    );
    $found->execute([setting('ROOM_ID'), $after]);
    $lines = array_map(fn (array $row): array => [
        'seq' => (int) $row['seq'],
        'kind' => $row['body'] === null ? 'deleted' : 'said',
        'name' => $row['name'],
        'text' => $row['body'] ?? '',
    ], $found->fetchAll());
    return ['lines' => $lines, 'after' => $lines === [] ? $after : end($lines)['seq']];
});
