#!/bin/bash
# tests/conformance/compare finds what another runtime passes alone, what is excused, and what is excused for nothing.
set -euo pipefail
compare=$(dirname "$(realpath "$0")")/../conformance/compare
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/v1"
case_line() { printf '%s\t%s\t0.10\t\n' "$1" "$2"; }
check() {  # STATUS PATTERN
  local status=0
  "$compare" "$tmp/v1" cove "$tmp/document" >"$tmp/out" || status=$?
  [[ $status == "$1" ]] || { echo "FAIL: status $status, want $1: $(<"$tmp/out")" >&2; exit 1; }
  grep -Eq "$2" "$tmp/out" || { echo "FAIL: no /$2/ in $(<"$tmp/out")" >&2; exit 1; }
}
{ case_line pass crun/a:one; case_line fail 'runc/b.bats:two words'; case_line skip runc/b.bats:three; } >"$tmp/v1/cove.tsv"
{ case_line fail 'runc/b.bats:two words'; case_line skip runc/b.bats:three; } >"$tmp/v1/crun.tsv"
echo '# nothing' >"$tmp/document"
check 0 '1 of 3 cases pass; 0 are excused, 0 are not right'
case_line pass 'runc/b.bats:two words' >"$tmp/v1/runc.tsv"
check 1 '^fail, but runc passes: runc/b.bats:two words'
# shellcheck disable=SC2016  # the document's marks
{
  echo '| `runc/b.bats:two words` | v1, hybrid | the words of a message |' >"$tmp/document"
  check 0 '^excused: .*the words of a message'
  echo '| `runc/b.bats:two words` | v2 | the words of a message |' >"$tmp/document"
  check 1 '^fail, but runc passes'
  printf '%s\n' '| `runc/b.bats:two words` | all | x |' '| `crun/a:one` | all | y |' >"$tmp/document"
  check 1 '^passes, and stands in the document all the same: crun/a:one'
  printf '%s\n' '| `runc/b.bats:two words` | all | x |' '| `crun/a:gone` | all | y |' >"$tmp/document"
  check 1 'there is no such case: crun/a:gone'
}
: >"$tmp/v1/cove.tsv"
echo >"$tmp/document"
check 1 '0 of 0 cases'
