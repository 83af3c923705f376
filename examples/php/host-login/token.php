<?php

// Who is signed in here is given a token by which Parley knows them: nobody is registered there first.

declare(strict_types=1);

require __DIR__ . '/../site.php';

answerJson(function (): array {
    $customer = requireCustomer();
    // The name comes from the view, so a new name is shown from the next token on, and an account that was
    // closed meanwhile gets no more.
    $found = database('CHAT')->prepare('SELECT id, name FROM chat_people WHERE id = ?');
    $found->execute([$customer['id']]);
    $person = $found->fetch() ?: throw new ParleyError('FORBIDDEN', 'This account is closed.', 403);
    $token = Parley::hostToken(
        setting('HOST_JWT_SECRET'),
        setting('HOST_JWT_ISSUER'),
        $person['id'],
        $person['name'],
    );
    return ['token' => $token];
});
