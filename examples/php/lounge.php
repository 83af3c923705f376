<?php

// What both kinds of polling do with Parley. They differ in how long an answer waits.

declare(strict_types=1);

require_once __DIR__ . '/site.php';

/** The customer is known to Parley, by name, and in the room. Saying it again changes nothing. */
function enterLounge(array $customer): void
{
    $parley = parley();
    $parley->ensureUser($customer['id'], $customer['name']);
    $parley->as($customer['id'])->addMember(setting('ROOM_ID'), $customer['id']);
}

/**
 * What is new for this customer after a position; without one the latest messages.
 *
 * @return array{lines: list<array<string, mixed>>, after: int, more: bool}|array{reset: true}
 */
function readLounge(array $customer, ?int $after, int $waitMs): array
{
    $parley = parley()->as($customer['id']);
    if ($after === null) {
        $history = $parley->messages(setting('ROOM_ID'));
        $lines = array_map(fn (array $message): array => [
            'seq' => $message['seq'],
            'kind' => isset($message['deletedAt']) ? 'deleted' : 'said',
            'name' => $message['sender']['displayName'],
            'text' => $message['text'] ?? '',
        ], $history['data']);
        return ['lines' => $lines, 'after' => $history['head'], 'more' => false];
    }
    try {
        $log = $parley->events(setting('ROOM_ID'), $after, $waitMs);
    } catch (ParleyError $error) {
        // The log was taken back in time: the page begins anew.
        if ($error->errorCode === 'CURSOR_AHEAD') {
            return ['reset' => true];
        }
        throw $error;
    }
    $isSaid = fn (array $event): bool => $event['type'] === 'message:created';
    $actors = array_map(fn (array $event): string => $event['actor']['id'], array_filter($log['data'], $isSaid));
    $names = $parley->names(array_slice(array_values(array_unique($actors)), 0, 100));
    $lines = array_map(fn (array $event): ?array => lineOf($event, $names), $log['data']);
    return [
        'lines' => array_values(array_filter($lines)),
        'after' => $log['page']['after'] ?? $after,
        'more' => $log['page']['hasMoreAfter'],
    ];
}

/**
 * Of an event what the page shows of it. `seq` is always that of the message.
 *
 * @param array<string, string> $names
 * @return array<string, mixed>|null
 */
function lineOf(array $event, array $names): ?array
{
    ['type' => $type, 'data' => $data] = $event;
    $isGone = $type === 'message:deleted' || ($data['deleted'] ?? false) === true;
    if ($type === 'message:created') {
        return [
            'seq' => $event['seq'],
            'kind' => $isGone ? 'deleted' : 'said',
            'name' => $names[$event['actor']['id']] ?? $event['actor']['id'],
            'text' => $data['text'] ?? '',
        ];
    }
    if ($isGone) {
        return ['seq' => $event['ref'], 'kind' => 'deleted', 'text' => ''];
    }
    if ($type === 'message:updated' && isset($data['text'])) {
        return ['seq' => $event['ref'], 'kind' => 'edited', 'text' => $data['text']];
    }
    return null;
}

/** Sends what the page has sent. The page chose the key, so its second attempt is the same message. */
function sayInLounge(array $customer, array $body): array
{
    $text = textOf($body, 'text', 20_000);
    $key = textOf($body, 'key', 128);
    return parley()->as($customer['id'])->send(setting('ROOM_ID'), $text, idempotencyKey: $key);
}

/** The position that the page has; null if it has none yet. */
function afterOfPage(): ?int
{
    $after = $_GET['after'] ?? null;
    if ($after === null) {
        return null;
    }
    if (!is_string($after) || !ctype_digit($after) || strlen($after) > 15) {
        throw new ParleyError('INVALID', 'after has to be a number.', 400);
    }
    return (int) $after;
}
