<?php

// php setup.php: the tables, a room, a bot, a key and a webhook for the examples. Prints the settings of the
// site as JSON. php setup.php --undo takes key and webhook away. run.mjs calls both.
//
//   PARLEY_URL         where Parley is
//   PARLEY_API_KEY     a key that may do everything; the site is given a smaller one
//   SITE_DATABASE_URL  mysql://user:password@host:port of somebody who may make databases and users
//   SITE_URL           where this site is, as Parley reaches it

declare(strict_types=1);

require __DIR__ . '/site.php';

if (PHP_SAPI !== 'cli') {
    http_response_code(404);
    exit;
}
const NAME = 'examples/php';
const SCOPES = ['messages:write', 'users:read', 'users:write', 'rooms:read', 'rooms:write'];
const CUSTOMERS = ['ada' => 'Ada Lovelace', 'ben' => 'Ben Okri', 'cleo' => 'Cleo <b>K</b>', 'dora' => 'Dora Maar'];

/** @return array{SITE_DSN: string, SITE_DATABASE_PASSWORD: string, CHAT_DATABASE_PASSWORD: string} */
function setUpDatabase(): array
{
    $url = parse_url(setting('SITE_DATABASE_URL'));
    if (!isset($url['host'], $url['user'])) {
        throw new RuntimeException('SITE_DATABASE_URL has to be like mysql://user:password@127.0.0.1:3306.');
    }
    $dsn = "mysql:host={$url['host']};port=" . ($url['port'] ?? 3306) . ';charset=utf8mb4';
    $admin = new PDO($dsn, rawurldecode($url['user']), rawurldecode($url['pass'] ?? ''));
    $passwords = ['site' => Parley::newKey(), 'chat' => Parley::newKey()];
    $sql = strtr(preg_replace('/^--.*$/m', '', file_get_contents(__DIR__ . '/schema.sql')), [
        ':site_password' => $admin->quote($passwords['site']),
        ':chat_password' => $admin->quote($passwords['chat']),
    ]);
    foreach (array_filter(array_map('trim', explode(';', $sql))) as $statement) {
        $admin->exec($statement);
    }
    $insert = $admin->prepare(
        'INSERT IGNORE INTO php_site.customers (id, login, full_name, email, password_hash) VALUES (?, ?, ?, ?, ?)',
    );
    $hash = password_hash('let-me-in', PASSWORD_DEFAULT);
    foreach (array_keys(CUSTOMERS) as $at => $login) {
        $insert->execute([$at + 1, $login, CUSTOMERS[$login], "$login@example.com", $hash]);
    }
    return [
        'SITE_DSN' => "$dsn;dbname=php_site",
        'SITE_DATABASE_PASSWORD' => $passwords['site'],
        'CHAT_DATABASE_PASSWORD' => $passwords['chat'],
    ];
}

/** The room belongs to the bot: the same key is the same room at every start. */
function setUpRoom(Parley $parley): string
{
    $parley->ensureUser('orders-bot', 'Orders', kind: 'bot');
    $settings = ['visibility' => 'public', 'topic' => 'Said by PHP'];
    return $parley->as('orders-bot')->createRoom('PHP lounge', 'php-lounge', $settings)['id'];
}

/** Forgets what an earlier start has made. */
function undo(Parley $parley): void
{
    foreach ($parley->call('GET', '/v1/webhooks?limit=200')['data'] as $webhook) {
        if ($webhook['description'] === NAME) {
            $parley->call('DELETE', "/v1/webhooks/{$webhook['id']}");
        }
    }
    $after = '';
    do {
        $list = $parley->call('GET', "/v1/api-keys?limit=200$after");
        foreach ($list['data'] as $key) {
            if ($key['name'] === NAME && $key['revokedAt'] === null) {
                $parley->call('DELETE', "/v1/api-keys/{$key['id']}");
            }
        }
        $after = '&after=' . rawurlencode((string) $list['page']['after']);
    } while ($list['page']['hasMoreAfter']);
}

try {
    $parley = parley();
    undo($parley);
    if (in_array('--undo', $argv, true)) {
        exit(0);
    }
    $roomId = setUpRoom($parley);
    $key = $parley->call('POST', '/v1/api-keys', ['name' => NAME, 'scopes' => SCOPES]);
    $webhook = $parley->call('POST', '/v1/webhooks', [
        'url' => setting('SITE_URL') . '/server-publishing/webhook.php',
        'events' => ['message:created'],
        'roomIds' => [$roomId],
        'description' => NAME,
    ]);
    echo json_encode([
        'PARLEY_API_KEY' => $key['token'],
        'ROOM_ID' => $roomId,
        'WEBHOOK_SECRET' => $webhook['secret'],
        ...setUpDatabase(),
    ], JSON_THROW_ON_ERROR), "\n";
} catch (ParleyError | PDOException | RuntimeException $error) {
    $code = $error instanceof ParleyError ? "$error->errorCode: " : '';
    fwrite(STDERR, "$code{$error->getMessage()}\n");
    exit(1);
}
