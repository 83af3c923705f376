<?php

// What wait.js asks: GET waits for what is new after a position, POST sends.

declare(strict_types=1);

require __DIR__ . '/../lounge.php';

// As long as Parley waits at most.
const WAIT_MS = 25_000;

answerJson(function (): array {
    // This releases the session. Whoever keeps it open here lets every other request of the same visitor,
    // also the one that sends, wait until this one has ended.
    $customer = requireCustomer();
    if ($_SERVER['REQUEST_METHOD'] === 'POST') {
        return sayInLounge($customer, readJson());
    }
    $after = afterOfPage();
    if ($after === null) {
        enterLounge($customer);
    }
    // Waiting counts on some systems.
    set_time_limit(60);
    return readLounge($customer, $after, WAIT_MS);
});
