-- What this site has besides Parley, on the same MySQL server. setup.php runs it; it may be run again.
CREATE DATABASE IF NOT EXISTS php_site CHARACTER SET utf8mb4;

-- The users of the site. Whatever table yours has stays as it is.
CREATE TABLE IF NOT EXISTS php_site.customers (
  id INT UNSIGNED NOT NULL PRIMARY KEY,
  login VARCHAR(40) NOT NULL UNIQUE,
  full_name VARCHAR(80) NOT NULL,
  email VARCHAR(120) NOT NULL,
  password_hash VARCHAR(255) NOT NULL,
  closed_at DATETIME NULL
);

-- All that the chat is to know of them: an id that stays, and a name. No address, no password, and nobody
-- whose account is closed. It is computed, so nobody writes through it.
CREATE OR REPLACE SQL SECURITY DEFINER VIEW php_site.chat_people AS
  SELECT CONCAT('customer-', id) AS id, LEFT(TRIM(full_name), 80) AS name
  FROM php_site.customers
  WHERE closed_at IS NULL;

-- What the webhook brought. It comes at least once: the key lets it in once.
CREATE TABLE IF NOT EXISTS php_site.webhook_events (
  webhook_id VARCHAR(80) CHARACTER SET ascii NOT NULL PRIMARY KEY,
  room_id CHAR(36) CHARACTER SET ascii NOT NULL,
  seq BIGINT UNSIGNED NOT NULL,
  actor_id VARCHAR(64) NOT NULL,
  body LONGTEXT NULL,
  KEY by_room (room_id, seq)
);

-- The site itself: who signs in, and what the webhook brought.
CREATE USER IF NOT EXISTS 'php_site'@'127.0.0.1' IDENTIFIED BY :site_password;
ALTER USER 'php_site'@'127.0.0.1' IDENTIFIED BY :site_password;
GRANT SELECT ON php_site.customers TO 'php_site'@'127.0.0.1';
GRANT SELECT ON php_site.chat_people TO 'php_site'@'127.0.0.1';
GRANT SELECT, INSERT ON php_site.webhook_events TO 'php_site'@'127.0.0.1';

-- The chat: it reads the view, and nothing else.
CREATE USER IF NOT EXISTS 'php_site_chat'@'127.0.0.1' IDENTIFIED BY :chat_password;
ALTER USER 'php_site_chat'@'127.0.0.1' IDENTIFIED BY :chat_password;
GRANT SELECT ON php_site.chat_people TO 'php_site_chat'@'127.0.0.1';
