#!/bin/bash
# What is not JSON, is empty, null, cut off, or not there, is refused with a message.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a . true
cp "$bundle/config.json" "$t_tmp/good"
bad() {  # what is in $bundle/config.json
  refuses create --bundle "$bundle" "${id}a"
  gone a || fail "a container is left"
  refuses run --bundle "$bundle" "${id}a"
}
for text in '' 'null' '[]' '{' '{"ociVersion": }' 'not json' "$(head -c 300 "$t_tmp/good")" "$(cat "$t_tmp/good") trailing"; do
  # runc ignores what follows the object; crun takes an empty file's error for granted.
  [[ $text != *trailing ]] || is cove || continue
  printf '%s' "$text" >"$bundle/config.json"
  bad
done
rm "$bundle/config.json"
bad
refuses create --bundle /no/such/bundle "${id}a"
