<?php

// An order was paid: the site says so in the room. Whoever calls this twice says it once.

declare(strict_types=1);

require __DIR__ . '/../site.php';

answerJson(function (): array {
    requireCustomer();
    $body = readJson();
    $order = $body['order'] ?? null;
    if (!is_int($order) || $order < 1 || $order > 999_999) {
        throw new ParleyError('INVALID', 'order has to be a number from 1 to 999999.', 400);
    }
    $note = ($body['note'] ?? '') === '' ? '' : ' ' . textOf($body, 'note', 1_000);
    // Here the site writes into its own database that the order was paid. It may then die and begin again:
    // the key is made of the order, so Parley knows the second attempt.
    $bot = ['kind' => 'bot', 'id' => 'orders-bot'];
    return parley()->publish(setting('ROOM_ID'), $bot, "Order $order was paid.$note", "order-$order-paid");
});
