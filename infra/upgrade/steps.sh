# shellcheck shell=bash
# What both upgrades are made of. Sourced by them.
infra="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
dry_run=no
namespace=parley
timeout=300

misuse() {
  echo "$(basename "$0"): $1 See --help." >&2
  exit 2
}

needs() {
  [ "$dry_run" = yes ] && return
  command -v "$1" > /dev/null || { echo "$(basename "$0"): $1 is missing." >&2 && exit 1; }
}

# What follows an option: value_of "$@"
value_of() {
  [ $# -ge 2 ] && [ -n "$2" ] && [ "${2#--}" = "$2" ] || misuse "$1 wants a value."
  printf '%s' "$2"
}

number_of() {
  local value
  value=$(value_of "$@") || exit
  [[ $value =~ ^[0-9]+$ ]] || misuse "$1 wants a whole number, and not '$value'."
  printf '%s' "$value"
}

# step <title> <command …>: says it, does it, and ends everything if it fails.
step() {
  local title=$1
  shift
  if [ "$dry_run" = yes ]; then
    echo "$title: $(shown "$@")"
    return
  fi
  echo "== $title"
  "$@" && return
  echo "$(basename "$0"): '$title' failed; nothing after it was done." >&2
  exit 1
}

# The command that one of the functions below runs.
shown() {
  case "$1" in
    compose) shift && echo "docker compose $(compose_files) $*" ;;
    kube) shift && echo "kubectl --namespace=$namespace $*" ;;
    apply_part) shift && local folder=$1 && shift && echo "kubectl apply --kustomize $folder $*" ;;
    *) echo "$*" ;;
  esac
}

compose_files() { echo "-f $infra/compose.yaml -f $infra/compose.green.yaml"; }
compose() { docker compose -f "$infra/compose.yaml" -f "$infra/compose.green.yaml" "$@"; }
kube() { kubectl --namespace="$namespace" "$@"; }
apply_part() {
  local folder=$1
  shift
  kubectl apply --kustomize "$folder" "$@"
}

migrate_kubernetes() {
  # A job is never changed: the one of the last release makes room.
  step 'The last migration goes' kube delete job migrate --ignore-not-found --wait
  step 'Migrations' apply_part "$1" --selector=app.kubernetes.io/component=migrate
  step 'Migrations are done' kube wait --for=condition=complete job/migrate --timeout="${timeout}s"
}
