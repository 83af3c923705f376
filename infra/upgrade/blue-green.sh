#!/usr/bin/env bash
# Starts another version beside the one that runs, and ends the old one when the new one is ready.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=steps.sh
source "$here/steps.sh"

usage() {
  cat <<'TEXT'
Usage: infra/upgrade/blue-green.sh --to <blue|green> --compose --version <version> [options]
       infra/upgrade/blue-green.sh --to <blue|green> --kubernetes <overlay> [options]

Migrates, starts APIs and gateways of the other colour beside those that run, waits until all are ready, asks
the check, and then ends the old colour, which drains. Whatever fails before that ends the new colour again and
leaves the old one as it was. To go back afterwards: the same with the other colour and the version before.

From the moment that the new colour is ready both serve: they share MySQL and Redis, so people of both read the
same rooms. A release that cannot stand beside the one before it cannot be brought in so. Workers are not in two
colours: infra/upgrade/rolling-upgrade.sh replaces them.

  --to <blue|green>       The colour to start. Blue is infra/compose.yaml, or the overlay's own names
  --check <command>       Run when the new colour is ready; if it fails, the new colour goes
  --compose               The installation of infra/compose.yaml
    --version <version>     Tag of the images, which are built of this checkout
  --kubernetes <overlay>  The cluster of the current context. Green is the folder <overlay>-green
    --namespace <name>      (parley)
  --timeout <seconds>     For the new colour to be ready (300)
  --dry-run               Say what would be done, and do nothing
  --help                  This text

Exit codes: 0 the new colour serves alone, 1 it stopped, 2 it was asked wrongly.
TEXT
}

way='' to='' version='' overlay='' namespace=parley timeout=300 check=''
while [ $# -gt 0 ]; do
  case "$1" in
    --to) to=$(value_of "$@"); shift ;;
    --check) check=$(value_of "$@"); shift ;;
    --compose) way=compose ;;
    --kubernetes) way=kubernetes; overlay=$(value_of "$@"); shift ;;
    --version) version=$(value_of "$@"); shift ;;
    --namespace) namespace=$(value_of "$@"); shift ;;
    --timeout) timeout=$(number_of "$@"); shift ;;
    --dry-run) dry_run=yes ;;
    --help | -h) usage && exit 0 ;;
    *) misuse "Unknown option '$1'." ;;
  esac
  shift
done

# The prefix of the names of a colour.
case "$to" in
  blue) new='' old=green- ;;
  green) new=green- old='' ;;
  *) misuse 'Say --to blue or --to green.' ;;
esac

# Called when something failed before the old colour was touched.
take_back() {
  local code=$?
  trap - EXIT
  [ "$code" -eq 0 ] && return
  echo "$(basename "$0"): the new colour goes again; the old one was not touched." >&2
  "$@" || echo "$(basename "$0"): it could not be ended: $(shown "$@")" >&2
  exit "$code"
}

check_new() {
  [ -z "$check" ] || step 'Check' bash -c "$check"
}

with_compose() {
  [ -n "$version" ] || misuse '--compose wants --version.'
  needs docker
  local apis=("${new}api-0" "${new}api-1") gateways=("${new}gateway-0" "${new}gateway-1" "${new}gateway-2")
  local gateway
  # Both colours have their version in infra/.env; the one that is not started keeps it.
  if [ "$to" = green ]; then export PARLEY_GREEN_VERSION=$version; else export PARLEY_VERSION=$version; fi
  step 'Images' compose build "${apis[0]}" "${gateways[0]}"
  step 'Migrations' env PARLEY_VERSION="$version" docker compose -f "$infra/compose.yaml" run --build --rm --no-deps migrate
  [ "$dry_run" = yes ] || trap 'take_back compose stop "${apis[@]}" "${gateways[@]}"' EXIT
  step "APIs, $to" compose up --detach --no-deps --wait --wait-timeout "$timeout" "${apis[@]}"
  step "Gateways, $to" compose up --detach --no-deps --wait --wait-timeout "$timeout" "${gateways[@]}"
  check_new
  trap - EXIT
  for gateway in "${old}gateway-0" "${old}gateway-1" "${old}gateway-2"; do
    step "$gateway drains" compose stop "$gateway"
  done
  step 'The old APIs end' compose stop "${old}api-0" "${old}api-1"
  step 'The old colour is removed' compose rm --force "${old}gateway-0" "${old}gateway-1" "${old}gateway-2" \
    "${old}api-0" "${old}api-1"
}

with_kubernetes() {
  local folder=$overlay
  [ "$to" = blue ] || folder=$overlay-green
  [ -f "$overlay/kustomization.yaml" ] || misuse "'$overlay' has no kustomization.yaml."
  [ -f "$folder/kustomization.yaml" ] || misuse "'$folder' has no kustomization.yaml."
  needs kubectl
  local colour=parley.chat/colour
  step 'The overlay is right' apply_part "$folder" --dry-run=server
  migrate_kubernetes "$overlay"
  [ "$dry_run" = yes ] || trap 'take_back kube delete statefulset,hpa --selector="$colour=$to"' EXIT
  step "APIs and gateways, $to" apply_part "$folder" --selector="$colour=$to"
  step "APIs, $to, are ready" kube rollout status "statefulset/${new}api" --timeout="${timeout}s"
  step "Gateways, $to, are ready" kube rollout status "statefulset/${new}gateway" --timeout="${timeout}s"
  check_new
  trap - EXIT
  step 'The old autoscalers go' kube delete hpa "${old}gateway" "${old}api"
  step 'The old gateways drain' kube delete statefulset "${old}gateway" --cascade=foreground --timeout="${timeout}s"
  step 'The old APIs end' kube delete statefulset "${old}api" --cascade=foreground --timeout="${timeout}s"
}

case "$way" in
  compose) with_compose ;;
  kubernetes) with_kubernetes ;;
  *) misuse 'Say --compose or --kubernetes.' ;;
esac
