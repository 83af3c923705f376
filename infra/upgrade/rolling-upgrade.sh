#!/usr/bin/env bash
# Replaces what runs by another version, one process at a time: migrations, APIs, workers, gateways.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
# shellcheck source=steps.sh
source "$here/steps.sh"

usage() {
  cat <<'TEXT'
Usage: infra/upgrade/rolling-upgrade.sh --compose --version <version> [options]
       infra/upgrade/rolling-upgrade.sh --kubernetes <overlay> [options]

Migrates, then replaces the APIs, the workers and the gateways, one at a time, and waits for each to be ready.
A gateway that goes drains first, so nobody loses a message. It stops at the first thing that does not work and
leaves the rest as it was: run it again when that is mended, or with the version before.

  --compose               The installation of infra/compose.yaml; of two colours, the blue one
    --version <version>     Tag of the images, which are built of this checkout
  --kubernetes <overlay>  The cluster of the current context; the overlay names the images
    --namespace <name>      (parley)
  --timeout <seconds>     For each to be ready (300)
  --pause <seconds>       Between two gateways (5)
  --dry-run               Say what would be done, and do nothing
  --help                  This text

Exit codes: 0 all is replaced, 1 it stopped, 2 it was asked wrongly.
TEXT
}

way='' version='' overlay='' namespace=parley timeout=300 pause=5
while [ $# -gt 0 ]; do
  case "$1" in
    --compose) way=compose ;;
    --kubernetes) way=kubernetes; overlay=$(value_of "$@"); shift ;;
    --version) version=$(value_of "$@"); shift ;;
    --namespace) namespace=$(value_of "$@"); shift ;;
    --timeout) timeout=$(number_of "$@"); shift ;;
    --pause) pause=$(number_of "$@"); shift ;;
    --dry-run) dry_run=yes ;;
    --help | -h) usage && exit 0 ;;
    *) misuse "Unknown option '$1'." ;;
  esac
  shift
done

with_compose() {
  [ -n "$version" ] || misuse '--compose wants --version.'
  needs docker
  export PARLEY_VERSION=$version
  local service
  step 'Images' compose build migrate api-0 worker gateway-0
  step 'Migrations' compose run --rm --no-deps migrate
  for service in api-0 api-1 worker; do
    step "$service" compose up --detach --no-deps --wait --wait-timeout "$timeout" "$service"
  done
  for service in gateway-0 gateway-1 gateway-2; do
    step "$service" compose up --detach --no-deps --wait --wait-timeout "$timeout" "$service"
    step 'Its people settle' sleep "$pause"
  done
  echo "All runs $version. Keep it: PARLEY_VERSION=$version in infra/.env."
}

with_kubernetes() {
  [ -f "$overlay/kustomization.yaml" ] || misuse "'$overlay' has no kustomization.yaml."
  needs kubectl
  local set
  step 'The overlay is right' apply_part "$overlay" --dry-run=server
  step 'Settings and policies' apply_part "$overlay" --selector='!app.kubernetes.io/component'
  migrate_kubernetes "$overlay"
  for set in statefulset/api deployment/worker statefulset/gateway deployment/haproxy; do
    step "$set" apply_part "$overlay" --selector="app.kubernetes.io/component=${set#*/}"
    step "$set is ready" kube rollout status "$set" --timeout="${timeout}s"
  done
}

case "$way" in
  compose) with_compose ;;
  kubernetes) with_kubernetes ;;
  *) misuse 'Say --compose or --kubernetes.' ;;
esac
