<?php

// php import-people.php: makes everybody of the view known to Parley before they come, so that they can be
// found and mentioned. It may be run again, every night for instance.

declare(strict_types=1);

require __DIR__ . '/../site.php';

if (PHP_SAPI !== 'cli') {
    http_response_code(404);
    exit;
}
$parley = parley();
$people = database('CHAT')->query('SELECT id, name FROM chat_people')->fetchAll();
$failed = 0;
foreach (array_chunk($people, 500) as $some) {
    $users = array_map(fn (array $one): array => ['id' => $one['id'], 'displayName' => $one['name']], $some);
    foreach ($parley->call('POST', '/v1/users/batch', ['users' => $users])['results'] as $at => $result) {
        if (!$result['ok']) {
            $failed += 1;
            fwrite(STDERR, "{$some[$at]['id']}: {$result['error']['message']}\n");
        }
    }
}
echo count($people) - $failed, ' of ', count($people), " people\n";
exit($failed === 0 ? 0 : 1);
