#!/usr/bin/env bash
# Makes the secrets of infra/compose.yaml, and a certificate for a first start, in infra/secrets. What is
# there already stays as it is.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: infra/make-secrets.sh [--dir <folder>] [--host <name>]

Makes what infra/compose.yaml mounts as secrets, once. Files that exist are left alone.

  --dir <folder>   Where to (infra/secrets)
  --host <name>    Name in the certificate, which is self-signed and good for 30 days (localhost).
                   Put a real one in its place: site.crt, with its chain, and site.key.
  --help           This text
TEXT
}

fail() {
  echo "make-secrets.sh: $1" >&2
  exit "${2:-1}"
}

dir="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/secrets"
host=localhost
while [ $# -gt 0 ]; do
  case "$1" in
    --dir | --host)
      [ -n "${2:-}" ] || fail "$1 wants a value." 2
      if [ "$1" = --dir ]; then dir=$2; else host=$2; fi
      shift 2
      ;;
    --help | -h)
      usage
      exit 0
      ;;
    *) fail "Unknown option '$1'. See --help." 2 ;;
  esac
done
[[ $host =~ ^[A-Za-z0-9.-]+$ ]] || fail "'$host' is no name of a host." 2
command -v openssl > /dev/null || fail 'openssl is missing.'

# Containers run as users of their own, and see each file with the rights that it has here. The folder is what
# keeps others on this machine out.
mkdir -p "$dir"
chmod 700 "$dir"

# keep <file>: writes what comes in, at once or not at all, unless the file is there.
keep() {
  local path="$dir/$1"
  if [ -e "$path" ]; then
    cat > /dev/null
    echo "kept  $1"
    return
  fi
  cat > "$path.new"
  [ -s "$path.new" ] || fail "nothing came for $1."
  chmod 444 "$path.new"
  mv "$path.new" "$path"
  echo "made  $1"
}

random() { openssl rand -hex 32 | tr -d '\n'; }

random | keep mysql_root_password
random | keep mysql_password
random | keep redis_password
random | keep internal_token
random | keep root_api_key
random | keep grafana_password
openssl ecparam -name prime256v1 -genkey -noout | keep token_signing_key.pem

mysql_password="$(cat "$dir/mysql_password")"
redis_password="$(cat "$dir/redis_password")"
redis_hash="$(printf %s "$redis_password" | openssl dgst -sha256 -r | cut -d ' ' -f 1)"
printf 'mysql://parley:%s@mysql:3306/parley' "$mysql_password" | keep database_url
printf 'redis://parley:%s@redis:6379' "$redis_password" | keep redis_url
# No default user; ours may do anything but administer the server.
printf 'user default off\nuser parley on #%s ~* &* +@all -@admin\n' "$redis_hash" | keep redis_users.acl

if [ ! -e "$dir/site.crt" ] && [ ! -e "$dir/site.key" ]; then
  names="DNS:$host,DNS:localhost,IP:127.0.0.1"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -sha256 \
    -subj "/CN=$host" -addext "subjectAltName=$names" \
    -keyout "$dir/first.key" -out "$dir/first.crt" 2> /dev/null
  keep site.key < "$dir/first.key"
  keep site.crt < "$dir/first.crt"
  rm "$dir/first.key" "$dir/first.crt"
elif [ ! -e "$dir/site.crt" ] || [ ! -e "$dir/site.key" ]; then
  fail "$dir has one of site.crt and site.key; it needs both, or none."
fi
