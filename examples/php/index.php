<?php

// The front page of the site: one signs in, and chooses a way.

declare(strict_types=1);

require __DIR__ . '/site.php';

function signIn(): ?string
{
    refuseOtherSites();
    $found = findCustomer((string) ($_POST['login'] ?? ''), (string) ($_POST['password'] ?? ''));
    if ($found === null) {
        return 'This is not a login of ours with its password.';
    }
    openSession();
    // What was known before somebody signed in is worth nothing afterwards.
    session_regenerate_id(true);
    $_SESSION['customer'] = $found;
    session_write_close();
    return null;
}

function signOut(): void
{
    refuseOtherSites();
    openSession();
    $_SESSION = [];
    session_destroy();
}

$problem = null;
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $problem = isset($_POST['out']) ? signOut() : signIn();
    if ($problem === null) {
        header('Location: /', true, 303);
        exit;
    }
}
$customer = customer();
beginPage('A PHP site with a chat');
?>
<?php if ($customer === null) { ?>
<form method="post">
  <label>Login <input name="login" required autocomplete="username"></label>
  <label>Password <input name="password" type="password" required autocomplete="current-password"></label>
  <button>Sign in</button>
  <p role="alert"><?= h($problem ?? '') ?></p>
</form>
<p>Customers of the site: ada, ben, cleo and dora. The password of all is let-me-in.</p>
<?php } else { ?>
<form method="post"><?= h($customer['name']) ?> <button name="out">Sign out</button></form>
<ul>
  <li><a href="/ajax-polling/">AJAX polling</a>: asks every two seconds</li>
  <li><a href="/long-polling/">Long polling</a>: asks, and the answer waits</li>
  <li><a href="/host-login/">Host login</a>: Socket.IO, with the login of this site</li>
  <li><a href="/server-publishing/">Server publishing</a>: the site speaks, and hears by webhook</li>
</ul>
<?php } ?>
</body></html>
