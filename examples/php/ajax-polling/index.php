<?php

declare(strict_types=1);

require __DIR__ . '/../lounge.php';

$customer = customerOfPage();
beginPage('AJAX polling');
?>
<ol id="lines" role="log" aria-label="Messages"></ol>
<form id="say">
  <input name="text" aria-label="Message" maxlength="20000" autocomplete="off" required>
  <button>Send</button>
</form>
<p id="note" role="status"></p>
<script type="module" src="poll.js"></script>
</body></html>
