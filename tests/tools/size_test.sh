#!/bin/bash
# The release program: no more than 2.5 MB, by itself, and without the parts of the C library that it must not bring along
# (see src/main/static_parts.cc).
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
program=build/release/src/main/cove
[[ -e $program ]] || { echo "SKIP: needs a release build"; exit 77; }
fail() { echo "FAIL: $*"; exit 1; }

bytes=$(stat -c %s "$program")
echo "$bytes bytes"
((bytes <= 2500000)) || fail "cove has $bytes bytes, at most 2,500,000 are wanted"
! readelf -lW "$program" | grep -w INTERP || fail "cove needs an interpreter"
! readelf -dW "$program" | grep -w NEEDED || fail "cove needs libraries"
for part in /usr/lib/locale gconv-modules; do
  ! grep -qaF "$part" "$program" || fail "a part of the C library that knows $part has come along"
done
