<?php

/**
 * Parley for PHP: the one file that a site copies. Needs PHP 8.1 or newer and its curl extension.
 *
 *     $parley = new Parley('https://chat.example', getenv('PARLEY_API_KEY'));
 *     $parley->ensureUser('customer-7', 'Grace');
 *     $room = $parley->as('customer-7')->createRoom('Order 7', idempotencyKey: 'order-7-room');
 *     $parley->as('customer-7')->send($room['id'], 'Is it on its way?', idempotencyKey: 'question-1');
 *     $parley->publish($room['id'], ['kind' => 'system'], 'Order 7 was paid.', 'order-7-paid');
 *
 * What Parley refuses is a ParleyError with the code of docs/errors.md.
 */

declare(strict_types=1);

/** What Parley refused, or that it did not answer. Decide by `errorCode`; the message is for people. */
final class ParleyError extends RuntimeException
{
    /**
     * @param string $errorCode a code of docs/errors.md: NOT_MEMBER, RATE_LIMITED, UNKNOWN_OUTCOME …
     * @param int $status of HTTP; 0 where there was no answer
     * @param array<string, mixed>|list<mixed> $details what else the answer tells
     */
    public function __construct(
        public readonly string $errorCode,
        string $message,
        public readonly int $status = 0,
        public readonly bool $retryable = false,
        public readonly ?int $retryAfterMs = null,
        public readonly array $details = [],
    ) {
        parent::__construct($message);
    }
}

/** The REST API, called with an API key. Keep the key on the server. */
final class Parley
{
    private const ATTEMPTS = 3;
    /** Whoever waits for this page does not wait longer than that between two attempts. */
    private const LONGEST_PAUSE_MS = 1_000;

    private ?string $actAs = null;
    private ?CurlHandle $curl = null;

    /**
     * @param string $url where Parley is, without a path
     * @param string $apiKey with the scopes of what is called (docs/server-api.md)
     * @param int $timeoutMs for a call with all its attempts; a long poll has its wait besides
     */
    public function __construct(
        private readonly string $url,
        private readonly string $apiKey,
        private readonly int $timeoutMs = 10_000,
        private readonly int $connectTimeoutMs = 2_000,
    ) {
    }

    public function __clone()
    {
        $this->curl = null;
    }

    /** The same, acting as this user: what they may not do, it may not do either. */
    public function as(string $userId): self
    {
        $other = clone $this;
        $other->actAs = $userId;
        return $other;
    }

    /**
     * Makes a user or changes how they are called. Saying it again changes nothing.
     *
     * @param 'bot'|null $kind
     * @return array<string, mixed> the user
     */
    public function ensureUser(string $id, string $name, ?string $avatarUrl = null, ?string $kind = null): array
    {
        $fields = ['displayName' => $name, 'avatarUrl' => $avatarUrl, 'kind' => $kind];
        $body = array_filter($fields, fn (?string $value): bool => $value !== null);
        return $this->call('PUT', '/v1/users/' . rawurlencode($id), $body)['user'];
    }

    /**
     * Makes a room whose owner is the user that is acted as. The same key names the same room, always.
     *
     * @param array<string, mixed> $settings visibility, topic, memberIds …
     * @return array<string, mixed> the room
     */
    public function createRoom(string $name, string $idempotencyKey, array $settings = []): array
    {
        $body = ['name' => $name, ...$settings];
        return $this->call('POST', '/v1/rooms', $body, $idempotencyKey)['room'];
    }

    /** Adding who is in already changes nothing. In a public room a user adds themselves. */
    public function addMember(string $roomId, string $userId): void
    {
        $this->call('PUT', "/v1/rooms/$roomId/members/" . rawurlencode($userId), (object) []);
    }

    /**
     * Sends as the user that is acted as. With the same key it is sent once, however often it is tried.
     *
     * @param array<string, mixed> $more replyTo, payload, mentions …
     * @return array<string, mixed> seq, msgNo, ts, and dup if it was there already
     */
    public function send(string $roomId, string $text, ?string $idempotencyKey = null, array $more = []): array
    {
        $key = $idempotencyKey ?? self::newKey();
        return $this->call('POST', "/v1/rooms/$roomId/messages", ['text' => $text, ...$more], $key);
    }

    /**
     * Sends as a user, as a bot or as the system, without their limits.
     *
     * @param array{kind: 'user'|'bot'|'system', id?: string} $as
     * @param array<string, mixed> $more as of send
     * @return array<string, mixed> as of send
     */
    public function publish(
        string $roomId,
        array $as,
        string $text,
        ?string $idempotencyKey = null,
        array $more = [],
    ): array {
        $body = ['roomId' => $roomId, 'as' => $as, 'text' => $text, ...$more];
        return $this->call('POST', '/v1/server/messages', $body, $idempotencyKey ?? self::newKey());
    }

    /**
     * The latest messages as they stand now, and the `head`: go on with events() from there.
     *
     * @return array{data: list<array<string, mixed>>, head: int, page: array<string, mixed>}
     */
    public function messages(string $roomId, int $limit = 50): array
    {
        return $this->call('GET', "/v1/rooms/$roomId/messages?limit=$limit");
    }

    /**
     * The log after a position. Go on from `page.after`, at once if `page.hasMoreAfter`. With $waitMs
     * (at most 25,000) the answer waits until there is something: release the session first.
     *
     * @return array{data: list<array<string, mixed>>, head: int, page: array<string, mixed>}
     */
    public function events(string $roomId, int $after, int $waitMs = 0, int $limit = 200): array
    {
        $query = http_build_query(['after' => $after, 'waitMs' => $waitMs, 'limit' => $limit]);
        return $this->call('GET', "/v1/rooms/$roomId/events?$query", waitMs: $waitMs);
    }

    /**
     * How users are called.
     *
     * @param list<string> $ids at most 100, without commas in them
     * @return array<string, string> names by id
     */
    public function names(array $ids): array
    {
        if ($ids === []) {
            return [];
        }
        $query = http_build_query(['ids' => implode(',', $ids), 'limit' => 100]);
        return array_column($this->call('GET', "/v1/users?$query")['data'], 'displayName', 'id');
    }

    /**
     * Any route of docs/rest.md. What may be repeated (all but a POST or PATCH without a key) is tried again
     * where that may help.
     *
     * @param array<string, mixed>|object|null $body
     * @param int $waitMs that Parley was asked to wait with its answer
     * @return array<string, mixed> the answer; empty where there is none
     * @throws ParleyError
     */
    public function call(
        string $method,
        string $path,
        array|object|null $body = null,
        ?string $idempotencyKey = null,
        int $waitMs = 0,
    ): array {
        $endsAt = self::nowMs() + $this->timeoutMs + $waitMs;
        $isRepeatable = $idempotencyKey !== null || !in_array($method, ['POST', 'PATCH'], true);
        for ($left = $isRepeatable ? self::ATTEMPTS - 1 : 0; ; $left -= 1) {
            try {
                $timeoutMs = max(1, $endsAt - self::nowMs());
                return $this->attempt($method, $path, $body, $idempotencyKey, $timeoutMs);
            } catch (ParleyError $error) {
                $pauseMs = $error->retryAfterMs ?? 250;
                $isTooLate = $pauseMs > self::LONGEST_PAUSE_MS || self::nowMs() + $pauseMs >= $endsAt;
                if ($left === 0 || !$error->retryable || $isTooLate) {
                    throw $error;
                }
                usleep($pauseMs * 1_000);
            }
        }
    }

    /**
     * A token by which Parley knows a user of yours. It cannot be taken back: keep its life short, and give
     * the page another one whenever it asks.
     *
     * @param string $secret HOST_JWT_SECRET of Parley, 32 characters or more
     * @param string $issuer HOST_JWT_ISSUER of Parley
     */
    public static function hostToken(
        string $secret,
        string $issuer,
        string $userId,
        string $name,
        ?string $picture = null,
        int $lifeS = 600,
        string $audience = 'parley',
    ): string {
        if (strlen($secret) < 32) {
            throw new InvalidArgumentException('The secret needs 32 characters or more.');
        }
        $now = time();
        $claims = [
            'iss' => $issuer,
            'aud' => $audience,
            'sub' => $userId,
            'name' => $name,
            ...($picture === null ? [] : ['picture' => $picture]),
            'iat' => $now,
            'exp' => $now + $lifeS,
            // Two of the same second differ: whoever asks for another one gets another one.
            'jti' => bin2hex(random_bytes(16)),
        ];
        $encode = fn (string $bytes): string => rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
        $signed = $encode(self::json(['alg' => 'HS256', 'typ' => 'JWT'])) . '.' . $encode(self::json($claims));
        return $signed . '.' . $encode(hash_hmac('sha256', $signed, $secret, true));
    }

    /**
     * Checks what came as a webhook, and answers its body. It comes at least once: remember `webhook-id`.
     *
     * @param string $secret whsec_… as it was shown when the webhook was made
     * @param array<string, string> $headers getallheaders()
     * @param string $body file_get_contents('php://input'): the bytes as they came
     * @return array<string, mixed> type, and with events of the log roomId and event
     * @throws ParleyError AUTH_INVALID if it is not from Parley, or older than five minutes
     */
    public static function verifyWebhook(string $secret, array $headers, string $body, ?int $now = null): array
    {
        $refuse = fn (string $why): ParleyError => new ParleyError('AUTH_INVALID', $why, 401);
        $headers = array_change_key_case($headers);
        $id = $headers['webhook-id'] ?? '';
        $timestamp = $headers['webhook-timestamp'] ?? '';
        $key = base64_decode(preg_replace('/^whsec_/', '', $secret), true);
        if ($key === false || $key === '') {
            throw new InvalidArgumentException('The secret of a webhook is whsec_ and base64.');
        }
        if ($id === '' || !ctype_digit($timestamp)) {
            throw $refuse('It has no signature.');
        }
        if (abs(($now ?? time()) - (int) $timestamp) > 300) {
            throw $refuse('It was signed more than five minutes ago, or will be.');
        }
        $wanted = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
        // While a secret is changed there are two signatures. All are looked at, each in constant time.
        $isSigned = false;
        foreach (explode(' ', $headers['webhook-signature'] ?? '') as $signature) {
            $isSigned = hash_equals($wanted, $signature) || $isSigned;
        }
        if (!$isSigned) {
            throw $refuse('The signature is wrong.');
        }
        return json_decode($body, true, 64, JSON_THROW_ON_ERROR);
    }

    /** For an act that has no name of its own. Choose it before the first attempt. */
    public static function newKey(): string
    {
        return bin2hex(random_bytes(16));
    }

    private function attempt(
        string $method,
        string $path,
        array|object|null $body,
        ?string $idempotencyKey,
        int $timeoutMs,
    ): array {
        $headers = ["Authorization: Bearer $this->apiKey", 'Accept: application/json'];
        if ($this->actAs !== null) {
            $headers[] = 'Parley-Act-As: ' . rawurlencode($this->actAs);
        }
        if ($idempotencyKey !== null) {
            $headers[] = "Idempotency-Key: $idempotencyKey";
        }
        if ($body !== null) {
            $headers[] = 'Content-Type: application/json';
        }
        // One handle, so that the connection is kept for the next request of this page.
        $this->curl ??= curl_init();
        curl_reset($this->curl);
        $content = $body === null ? [] : [CURLOPT_POSTFIELDS => self::json($body)];
        curl_setopt_array($this->curl, $content + [
            CURLOPT_URL => rtrim($this->url, '/') . $path,
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_HTTPHEADER => $headers,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_CONNECTTIMEOUT_MS => $this->connectTimeoutMs,
            CURLOPT_TIMEOUT_MS => $timeoutMs,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
        ]);
        $text = curl_exec($this->curl);
        if ($text === false) {
            throw $this->unanswered();
        }
        $status = curl_getinfo($this->curl, CURLINFO_RESPONSE_CODE);
        $answer = $text === '' ? [] : json_decode($text, true, 512);
        if ($status >= 200 && $status < 300 && is_array($answer)) {
            return $answer;
        }
        throw self::refused($status, is_array($answer) ? $answer : []);
    }

    private function unanswered(): ParleyError
    {
        $isUntouched = in_array(
            curl_errno($this->curl),
            [CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT],
            true,
        );
        // Else it may have been done, and only its answer was lost.
        $code = $isUntouched ? 'SERVER_BUSY' : 'UNKNOWN_OUTCOME';
        return new ParleyError($code, 'Parley does not answer: ' . curl_error($this->curl), 0, true);
    }

    private static function refused(int $status, array $problem): ParleyError
    {
        // Proxies have pages of their own.
        $guess = match ($status) {
            408, 503 => 'SERVER_BUSY',
            502, 504 => 'UNKNOWN_OUTCOME',
            429 => 'RATE_LIMITED',
            default => 'INTERNAL',
        };
        return new ParleyError(
            $problem['code'] ?? $guess,
            $problem['message'] ?? "Parley answered $status.",
            $status,
            $problem['retryable'] ?? ($status >= 500 || $status === 429 || $status === 408),
            $problem['retryAfterMs'] ?? null,
            $problem['details'] ?? [],
        );
    }

    private static function nowMs(): int
    {
        return intdiv(hrtime(true), 1_000_000);
    }

    private static function json(array|object $value): string
    {
        return json_encode($value, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
    }
}
