#!/bin/bash
# run_console must notice every way in which the output of a command can differ from the document.
set -euo pipefail
runner=$(dirname "$(realpath "$0")")/run_console
scratch=$(mktemp -d "${TMPDIR:-/tmp}/cove-run-console.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# STATUS NAME [ARG]...: runs the document on standard input.
check() {
  local want=$1 name=$2 status=0
  shift 2
  cat >document.md
  "$runner" document.md "$@" >result 2>&1 || status=$?
  [[ $status == "$want" ]] || { echo "FAIL: $name: exit status $status, want $want"; cat result; exit 1; }
}
block() { printf '%s\n' '```console' "$@" '```'; }

block '$ echo one; echo two' one two | check 0 'the same output'
block '$ echo one' two | check 1 'another output'
block '$ echo one; echo two' one | check 1 'a line more'
block '$ echo one' one two | check 1 'a line less'
block '$ true' one | check 1 'no output'
block '$ echo one' | check 1 'output that is not told of'
block '$ echo one >&2' one | check 0 'standard error counts'
block '$ echo one' 'on.' | check 1 'text is no regular expression'
block '$ echo one' 'o{{[a-z]+}}' | check 0 'a regular expression'
block '$ echo one' 'o{{[0-9]+}}' | check 1 'a regular expression that does not match'
block '$ echo 123' '{{\d{3}}}' | check 0 'braces in a regular expression'
block '$ seq 9' 1 ... 9 | check 0 'any lines'
block '$ seq 9' 1 ... 8 | check 1 'any lines, and another last one'
block '$ seq 2' 1 ... 2 | check 0 'no lines'
block '$ echo 5 5' '{{n=\d}} {{=n}}' '$ echo 5' '{{=n}}' | check 0 'the same text again'
block '$ echo 5 6' '{{n=\d}} {{=n}}' | check 1 'not the same text in one line'
block '$ echo 5' '{{n=\d}}' '$ echo 6' '{{=n}}' | check 1 'not the same text in a later command'
block "\$ echo one \\" '  two' 'one two' | check 0 'a command of two lines'
block '$ echo one' one | sed 's/^/  /' | check 0 'a block in a list'
block '$ touch made' '$ ls made' made | check 0 'files last'
{ echo '<!-- as: root -->'; block '$ echo one' two; block '$ true'; } | check 0 'a block for somebody else' --as user
{ echo '<!-- as: user -->'; block '$ echo one' two; } | check 1 'a block for this user' --as user
{ echo '<!-- not run -->'; block '$ echo one' two; block '$ true'; } | check 0 'a block that is not run'
echo 'no block' | check 1 'nothing to run'
block 'one' | check 1 'no command'
{ echo '<!-- as: root -->'; echo 'text'; block '$ true'; } | check 1 'a comment that belongs to no block'
