<?php

// What a site has already: settings, a database, a session, answers. Put your own in its place.

declare(strict_types=1);

require_once __DIR__ . '/parley.php';

ini_set('display_errors', '0');

function setting(string $name): string
{
    $value = getenv($name);
    if ($value === false || $value === '') {
        throw new RuntimeException("$name is not set.");
    }
    return $value;
}

function parley(): Parley
{
    return new Parley(setting('PARLEY_URL'), setting('PARLEY_API_KEY'));
}

/** @param 'SITE'|'CHAT' $who the site itself, or the user that sees the view only (schema.sql) */
function database(string $who): PDO
{
    return new PDO(
        setting('SITE_DSN'),
        ['SITE' => 'php_site', 'CHAT' => 'php_site_chat'][$who],
        setting("{$who}_DATABASE_PASSWORD"),
        [PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC, PDO::ATTR_EMULATE_PREPARES => false],
    );
}

function openSession(): void
{
    // Add `cookie_secure` where the site has HTTPS.
    session_name('php_site');
    session_start(['cookie_httponly' => true, 'cookie_samesite' => 'Lax', 'use_strict_mode' => true]);
}

/**
 * Who is signed in. The session is released at once: as long as one request holds it, every other one of
 * the same visitor waits, and a long poll would hold it for 25 s.
 *
 * @return array{id: string, name: string}|null
 */
function customer(): ?array
{
    openSession();
    $customer = $_SESSION['customer'] ?? null;
    session_write_close();
    return $customer;
}

/** @return array{id: string, name: string} */
function requireCustomer(): array
{
    return customer() ?? throw new ParleyError('AUTH_REQUIRED', 'Sign in first.', 401);
}

/** Checks the login of the site's own table. */
function findCustomer(string $login, string $password): ?array
{
    $found = database('SITE')->prepare(
        'SELECT id, full_name, password_hash FROM customers WHERE login = ? AND closed_at IS NULL',
    );
    $found->execute([$login]);
    $row = $found->fetch();
    // Who is not there takes as long as who is.
    $hash = $row['password_hash'] ?? '$2y$10$n8TtPaAEywPW0cJ.bUL4..xaO3nPGOfEQWAsa.0zUzZRlyoEhUs.i';
    if (!password_verify($password, $hash) || $row === false) {
        return null;
    }
    return ['id' => "customer-{$row['id']}", 'name' => $row['full_name']];
}

/** A page of another site may not write in the name of whoever looks at it. */
function refuseOtherSites(): void
{
    $origin = $_SERVER['HTTP_ORIGIN'] ?? null;
    if ($origin === null) {
        return;
    }
    $url = parse_url($origin);
    $host = ($url['host'] ?? '') . (isset($url['port']) ? ":{$url['port']}" : '');
    if ($host !== $_SERVER['HTTP_HOST']) {
        throw new ParleyError('FORBIDDEN', 'Not from here.', 403);
    }
}

/** @return array<string, mixed> the JSON object that a script of this site has sent */
function readJson(): array
{
    refuseOtherSites();
    $body = json_decode(file_get_contents('php://input', length: 100_000), true, 8);
    if ($_SERVER['REQUEST_METHOD'] !== 'POST' || !is_array($body)) {
        throw new ParleyError('INVALID', 'Send a JSON object.', 400);
    }
    return $body;
}

function textOf(array $body, string $name, int $longest): string
{
    $text = $body[$name] ?? null;
    if (!is_string($text) || trim($text) === '' || charactersOf($text) > $longest) {
        throw new ParleyError('INVALID', "$name has to be a text of 1 to $longest characters.", 400);
    }
    return $text;
}

/** Without the extension mbstring, which Debian's php-cli does not bring. */
function charactersOf(string $text): int
{
    return iconv_strlen($text, 'UTF-8') ?: strlen($text);
}

/** Runs the program of an address whose answers are JSON. What Parley refused keeps its code. */
function answerJson(callable $program): void
{
    try {
        $answer = $program();
        $status = 200;
    } catch (ParleyError $error) {
        $status = $error->status >= 400 ? $error->status : 503;
        if ($status >= 500) {
            error_log("$error->errorCode {$error->getMessage()}");
        }
        $answer = [
            'code' => $error->errorCode,
            'message' => $error->getMessage(),
            'retryable' => $error->retryable,
            'retryAfterMs' => $error->retryAfterMs,
        ];
    } catch (Throwable $error) {
        error_log((string) $error);
        $status = 500;
        $answer = ['code' => 'INTERNAL', 'message' => 'Something went wrong here.', 'retryable' => true];
    }
    http_response_code($status);
    header('Content-Type: application/json');
    header('Cache-Control: no-store');
    header('X-Content-Type-Options: nosniff');
    echo json_encode($answer, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE);
}

/** Text for HTML. */
function h(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

/** The head of every page. Scripts and styles are files: what somebody wrote is never one. */
function beginPage(string $title, string $connect = ''): void
{
    header('Content-Type: text/html; charset=utf-8');
    header("Content-Security-Policy: default-src 'self'; connect-src 'self' $connect; frame-ancestors 'none'");
    header('Cache-Control: no-store');
    echo '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<title>', h($title), '</title><link rel="stylesheet" href="/site.css"></head>',
        '<body><p><a href="/">The site</a></p><h1>', h($title), '</h1>';
}

/**
 * Who looks at this page; who is not signed in is sent to the front page.
 *
 * @return array{id: string, name: string}
 */
function customerOfPage(): array
{
    $customer = customer();
    if ($customer === null) {
        header('Location: /');
        exit;
    }
    return $customer;
}
