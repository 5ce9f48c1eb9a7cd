#!/bin/sh
# Runs a suite of a plan, from any folder: a thin wrapper around `proofload run PLAN --suite NAME`.
set -eu

usage() {
  cat <<'END'
Usage: run_tests.sh --suite NAME[,NAME] [--quick] [PLAN…] [option of `proofload run`…]

  --suite NAME   load, stress, security, performance, all, or any suite of the plan
  --quick        the short form of every test that has one
  PLAN           plans, or folders of plans; default: the chat server, systems/chat
  --help         this

Everything else goes to `proofload run` as it stands (--isolate, --out DIR, --seed N …);
the exit status is that of `proofload run`: 0 when all objectives hold.
END
}

root=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
has_suite=no
has_plan=no
takes_value=no
for argument in "$@"; do
  if [ "$takes_value" = yes ]; then
    takes_value=no
    continue
  fi
  case $argument in
    --help | -h)
      usage
      exit 0
      ;;
    --suite)
      has_suite=yes
      takes_value=yes
      ;;
    --suite=*) has_suite=yes ;;
    --quick | --isolate | --debug | --dry-run | --*=*) ;;
    # Every other option has a value.
    --*) takes_value=yes ;;
    *) has_plan=yes ;;
  esac
done

if [ "$has_suite" = no ]; then
  echo 'run_tests.sh: expected --suite NAME.' >&2
  usage >&2
  exit 2
fi
if [ ! -f "$root/dist/cli/main.js" ]; then
  echo "run_tests.sh: proofload is not built: run \`npm ci && npm run build\` in $root." >&2
  exit 2
fi
[ "$has_plan" = yes ] || set -- "$root/systems/chat" "$@"
exec node "$root/bin/proofload.js" run "$@"
