#!/usr/bin/env bash
# The completion scripts: what they offer in bash and fish, and that zsh can read its own. Needs COVE_DEV, a built cove.
set -euo pipefail
cove=${COVE_DEV:?the path of a built cove}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

touch "$work/a-file"
mkdir "$work/a-directory"
cd "$work"

# --- bash ---
"$cove" completion bash >cove.bash
# shellcheck source=/dev/null
source ./cove.bash

# offers EXPECTED WORD…: completing the last word, as bash has split the line.
offers() {
  local expected=$1
  shift
  COMP_WORDS=("$@")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  _cove 2>/dev/null || true
  local found wanted
  found=$(printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | xargs)
  wanted=$(printf '%s\n' $expected | LC_ALL=C sort | xargs)
  [[ $found == "$wanted" ]] || fail "bash: $* offers '${COMPREPLY[*]}', not '$expected'"
}

offers 'exec export explain' cove ex
offers '--memory --memory-reservation --memory-swap' cove run --mem
offers 'pasta none host container: ns: pid:' cove run --network ''
offers 'host' cove run --network = h
offers 'host' cove run -n h
offers 'host private container: ns: pid:' cove run --rm --pid ''
offers './a-directory' cove run --rootfs ./a-d
offers './a-file' cove run --env-file ./a-f
offers '--cpus --cpuset-cpus --cpuset-mems' cove run -m 1g --cpus
offers '--timeout --timens --timings --time-offset' cove run -v /a : /b --tim
offers './a-file' cove run -t -- ls ./a-f
offers './a-file' cove run ls ./a-f
offers '' cove run ls --memory-s
offers 'bash zsh fish' cove completion ''
offers 'completion' cove help comp
offers 'text json' cove explain --format ''

# --- fish ---
if command -v fish >/dev/null; then
  "$cove" completion fish >cove.fish
  fish_offers() {
    local got
    got=$(HOME=$work fish --no-config -c 'source cove.fish; complete -C $argv[1]' -- "$1" | cut -f1 | sort | tr '\n' ' ')
    [[ ${got% } == "$2" ]] || fail "fish: $1 offers '${got% }', not '$2'"
  }
  fish_offers 'cove ex' 'exec explain export'
  fish_offers 'cove run --network ' 'container: host none ns: pasta pid:'
  fish_offers 'cove run -m 1g --cpus' '--cpus --cpuset-cpus --cpuset-mems'
  fish_offers 'cove run -m 1g -- ls ./a-f' './a-file'
  fish_offers 'cove run ls --memory-s' ''
  fish_offers 'cove completion ' 'bash fish zsh'
else
  echo "fish is not installed: its completion is not tested"
fi

# --- zsh ---
if command -v zsh >/dev/null; then
  "$cove" completion zsh >_cove
  zsh -f -n _cove || fail "zsh: syntax"
else
  echo "zsh is not installed: its completion is not tested"
fi

exit $((failures > 0))
