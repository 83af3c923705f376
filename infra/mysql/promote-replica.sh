#!/usr/bin/env bash
# Makes a replica the primary. docs/high-availability.md says when.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: promote-replica.sh --replica HOST:PORT [--old HOST:PORT] [flags]

Makes a MariaDB replica the primary of Parley: fences the old one, applies all that the replica has
received, raises the epoch if commits may be missing, and lets it take writes.

  --replica HOST:PORT  the replica to be promoted
  --old HOST:PORT      the old primary; if it answers, it is made read-only and its connections are ended
  --nothing-lost       the replica has every acknowledged commit: semi-synchronous, AFTER_SYNC, and no
                       time-out was reached; the epoch stays
  --database NAME      the database of Parley (parley)
  --user NAME          may do everything (root); the password is read from MYSQL_PWD
  --wait SECONDS       how long the replica may take to apply what it has received (60)
  --dry-run            say what would be done, ask the servers, change nothing
  --help               show this

Without --nothing-lost the epoch is raised, unless the old primary answers and has no commit that the
replica lacks. Stop all API replicas before, if it is to be raised. Exit codes: 0 promoted, 1 not, 2 flags.
TEXT
}

wrong() {
  echo "promote-replica.sh: $1 See --help." >&2
  exit 2
}

replica='' old='' database=parley user=root wait_s=60 nothing_lost=no dry_run=no
while [ $# -gt 0 ]; do
  case $1 in
    --replica | --old | --database | --user | --wait)
      [ $# -ge 2 ] || wrong "$1 wants a value."
      case $1 in
        --replica) replica=$2 ;;
        --old) old=$2 ;;
        --database) database=$2 ;;
        --user) user=$2 ;;
        --wait) wait_s=$2 ;;
      esac
      shift 2
      ;;
    --nothing-lost) nothing_lost=yes && shift ;;
    --dry-run) dry_run=yes && shift ;;
    --help | -h) usage && exit 0 ;;
    *) wrong "There is no flag '$1'." ;;
  esac
done
[[ $replica =~ ^[^:]+:[0-9]+$ ]] || wrong '--replica wants HOST:PORT.'
[[ -z $old || $old =~ ^[^:]+:[0-9]+$ ]] || wrong '--old wants HOST:PORT.'
[[ $database =~ ^[A-Za-z0-9_]+$ ]] || wrong '--database wants letters, digits and _.'
[[ $wait_s =~ ^[0-9]+$ ]] || wrong '--wait wants a number of seconds.'

client=$(command -v mariadb || command -v mysql) || {
  echo 'promote-replica.sh: The client program mariadb is missing.' >&2
  exit 1
}

# ask HOST:PORT SQL [FLAG]
ask() {
  "$client" --no-defaults --protocol=tcp --connect-timeout=5 --batch "${3:---skip-column-names}" \
    --host="${1%:*}" --port="${1##*:}" --user="$user" --execute="$2"
}

# change HOST:PORT SQL
change() {
  if [ "$dry_run" = yes ]; then
    echo "would run on $1: $2"
  else
    ask "$1" "$2"
  fi
}

field() {
  ask "$replica" 'SHOW SLAVE STATUS' --vertical | sed -n "s/^ *$1: //p"
}

[ "$(ask "$replica" 'SELECT 1')" = 1 ] || exit 1
[ -n "$(field Master_Host)" ] || {
  echo "promote-replica.sh: $replica is no replica." >&2
  exit 1
}

old_position=''
if [ -n "$old" ] && ask "$old" 'SELECT 1' >/dev/null 2>&1; then
  echo "Fencing $old: read-only, and without its connections."
  change "$old" 'SET GLOBAL read_only = ON'
  for id in $(ask "$old" "SELECT id FROM information_schema.processlist
      WHERE id <> CONNECTION_ID() AND user <> 'system user' AND command NOT LIKE 'Binlog Dump%'"); do
    # One that has ended by itself cannot be killed.
    change "$old" "KILL $id" 2>/dev/null || true
  done
  old_position=$(ask "$old" 'SELECT @@gtid_binlog_pos')
elif [ -n "$old" ]; then
  echo "$old does not answer: see to it that it does not come back as a primary."
fi

# All that the old primary has written comes while it lives.
if [ -n "$old_position" ] && [ "$dry_run" = no ]; then
  ask "$replica" "SELECT MASTER_GTID_WAIT('$old_position', $wait_s)" >/dev/null
fi
change "$replica" 'STOP SLAVE IO_THREAD'
# Not by the position that was received: it may be of a transaction that came only in part.
if [ "$dry_run" = no ]; then
  until [[ $(field Slave_SQL_Running_State) == 'Slave has read all relay log'* ]]; do
    [ "$SECONDS" -lt "$wait_s" ] || {
      echo "promote-replica.sh: $replica has not applied all that it received within $wait_s s." >&2
      change "$replica" 'START SLAVE IO_THREAD'
      exit 1
    }
    sleep 0.2
  done
fi

raise=yes
if [ "$nothing_lost" = yes ]; then
  raise=no
elif [ -n "$old_position" ] && [ "$(ask "$replica" 'SELECT @@gtid_slave_pos')" = "$old_position" ]; then
  echo 'The replica has every commit of the old primary.'
  raise=no
fi

change "$replica" 'STOP SLAVE'
change "$replica" 'RESET SLAVE ALL'
# Else it waits for a replica that it does not have yet.
change "$replica" 'SET GLOBAL rpl_semi_sync_master_enabled = OFF'
if [ "$raise" = yes ]; then
  echo 'Commits may be missing: raising the epoch.'
  change "$replica" "UPDATE $database.log_epoch
    SET epoch = GREATEST(epoch + 1, UNIX_TIMESTAMP()) WHERE id = 1"
fi
change "$replica" 'SET GLOBAL read_only = OFF'
[ "$dry_run" = yes ] && exit 0
echo "$replica is the primary. Lead the host of DATABASE_URL to it now, give it a replica,"
echo 'and then: SET GLOBAL rpl_semi_sync_master_enabled = ON'
