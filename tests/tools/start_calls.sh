#!/bin/bash
# The system calls of a start, which repeat where times do not: what makes it slower mostly makes more of them. On a hybrid
# machine with ten hierarchies it takes 663, floor 186, crun 1069; with v2 alone fewer.
set -euo pipefail
[[ $EUID == 0 ]] || { echo "SKIP: needs root"; exit 77; }
cd "$(dirname "$(realpath "$0")")/../.."
[[ -e build/release/src/main/cove ]] || { echo "SKIP: needs a release build"; exit 77; }
COVE=$PWD/build/release/src/main/cove bench/count --max cove=680 --max floor=200
