#!/usr/bin/env bash
# The man pages have no warnings in man(1) or mandoc(1), and show what the tables hold. Needs COVE_DEV, a built cove.
set -euo pipefail
cove=${COVE_DEV:?the path of a built cove}
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sed 's/@PROJECT_VERSION@/1.2.3/' "$repository/docs/man/cove.1.head" >"$work/cove.1"
"$cove" man >>"$work/cove.1"
cat "$repository/docs/man/cove.1.tail" >>"$work/cove.1"

checked=0
if command -v man >/dev/null && command -v troff >/dev/null; then
  warnings=$(MANWIDTH=80 MANROFFSEQ='' man --warnings -E UTF-8 -l -Tutf8 "$work/cove.1" 2>&1 >"$work/page")
  sed -i 's/.\x08//g; s/\x1b\[[0-9;]*m//g' "$work/page"
  [[ -z $warnings ]] || { echo "FAILED: man: $warnings"; exit 1; }
  for text in 'cove 1.2.3' '--storage-size BYTES' 'EXIT STATUS' '-v, --volume HOST:TARGET'; do
    grep -qF -e "$text" "$work/page" || { echo "FAILED: the page lacks $text"; exit 1; }
  done
  sed 's/@PROJECT_VERSION@/1.2.3/' "$repository/docs/man/cove-runtime.8.in" >"$work/cove-runtime.8"
  warnings=$(MANWIDTH=80 MANROFFSEQ='' man --warnings -E UTF-8 -l -Tutf8 "$work/cove-runtime.8" 2>&1 >"$work/page")
  sed -i 's/.\x08//g; s/\x1b\[[0-9;]*m//g' "$work/page"
  [[ -z $warnings ]] || { echo "FAILED: man: $warnings"; exit 1; }
  # Every command is in it.
  ln -s "$cove" "$work/cove-runtime"
  while read -r word; do
    grep -qw -e "$word" "$work/page" || { echo "FAILED: cove-runtime(8) lacks $word"; exit 1; }
  done < <("$work/cove-runtime" --help | sed -n 's/^  \(-., \)\?\(-\{0,2\}[a-z][a-z-]*\).*/\2/p')
  checked=1
fi
if command -v mandoc >/dev/null; then
  mandoc -T lint -W warning "$work"/cove*.[18] || { echo "FAILED: mandoc"; exit 1; }
  checked=1
fi
if ((!checked)); then
  echo "neither man nor mandoc is installed"
  exit 77
fi
