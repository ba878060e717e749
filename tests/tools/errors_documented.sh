#!/bin/bash
# docs/errors.md has one section for each error id of src/base/error.cc, and none besides; and each has what a reader
# looks for: an example that begins as cove prints it, why it happens, and the way out.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/../.."
sources=src/base/error.cc
page=docs/errors.md
failed=0
complain() { echo "FAIL: $*"; failed=1; }

mapfile -t ids < <(grep -oE '"E-[A-Z0-9-]+"' "$sources" | tr -d '"')
mapfile -t sections < <(sed -n 's/^### \(E-[A-Z0-9-]*\)$/\1/p' "$page")
[[ ${#ids[@]} -gt 0 && ${#sections[@]} -gt 0 ]] || complain "no ids in $sources, or no sections in $page"

while read -r id; do complain "$id of $sources has no section in $page"; done < <(
  comm -23 <(printf '%s\n' "${ids[@]}" | sort) <(printf '%s\n' "${sections[@]}" | sort))
while read -r id; do complain "$page has a section $id, or two, but $sources has no such id"; done < <(
  comm -13 <(printf '%s\n' "${ids[@]}" | sort) <(printf '%s\n' "${sections[@]}" | sort))

for id in "${sections[@]}"; do
  section=$(awk -v id="### $id" '$0 == id { inside = 1; next } /^##/ { inside = 0 } inside' "$page")
  grep -q "^cove: $id: " <<<"$section" || complain "$id has no example that begins with: cove: $id:"
  grep -q '^\*\*Why\.\*\* ' <<<"$section" || complain "$id does not say why it happens (**Why.**)"
  grep -q '^\*\*Way out\.\*\* ' <<<"$section" || complain "$id does not name the way out (**Way out.**)"
done
exit "$failed"
