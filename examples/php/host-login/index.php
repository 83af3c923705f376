<?php

declare(strict_types=1);

require __DIR__ . '/../site.php';

customerOfPage();
$parley = setting('PARLEY_URL');
beginPage('Host login', $parley . ' ' . preg_replace('/^http/', 'ws', $parley));
?>
<parley-chat url="<?= h($parley) ?>" room="<?= h(setting('ROOM_ID')) ?>"></parley-chat>
<p id="note" role="status"></p>
<script src="parley-chat.php" defer></script>
<script type="module" src="connect.js"></script>
</body></html>
