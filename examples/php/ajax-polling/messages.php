<?php

// What poll.js asks: GET is what is new after a position, POST sends.

declare(strict_types=1);

require __DIR__ . '/../lounge.php';

answerJson(function (): array {
    $customer = requireCustomer();
    if ($_SERVER['REQUEST_METHOD'] === 'POST') {
        return sayInLounge($customer, readJson());
    }
    $after = afterOfPage();
    if ($after === null) {
        enterLounge($customer);
    }
    return readLounge($customer, $after, waitMs: 0);
});
