<?php

declare(strict_types=1);

require __DIR__ . '/../site.php';

customerOfPage();
beginPage('Server publishing');
?>
<p>What the webhook has told this site:</p>
<ol id="lines" role="log" aria-label="Messages"></ol>
<form id="pay">
  <label>Order <input name="order" type="number" min="1" max="999999" required></label>
  <input name="note" aria-label="Note" maxlength="1000" autocomplete="off">
  <button>It was paid</button>
</form>
<p id="note" role="status"></p>
<script type="module" src="publish.js"></script>
</body></html>
