#!/usr/bin/env bash
# A pull that is killed leaves a store that is whole; the next one fetches only what is missing.
# timeout: 600
T_SUBIDS=1
. "$(dirname "$0")/../support/registry.sh"

start_registry plain
make_layout "$t_tmp/layout" 8000000
put_image "$t_tmp/layout" "$plain/app:v1"
start_faults faulty "$plain"
layer=$(layer_of "$t_tmp/layout")
layer_size=$(stat -c %s "$t_tmp"/layout/blobs/sha256/* | sort -n | tail -1)

# After a part the registry has no time for the rest: the pull waits, and is killed.
partial_bytes() { find "$COVE_DATA_ROOT/images/partial" -maxdepth 1 -type f -printf '%s\n' 2>/dev/null | sort -n | tail -1; }
has_part() {
  local bytes
  bytes=$(partial_bytes)
  ((${bytes:-0} >= 4000000))
}

faults "1 ^GET.*$layer cut 5000000" "99 ^GET.*$layer status 503"
cove pull --retry 50 --retry-delay 1s "$faulty/app:v1" >"$t_tmp/pull.out" 2>&1 &
puller=$!
for _ in $(seq 300); do
  ! has_part || break
  sleep 0.1
done
has_part || fail "no part of the layer came: $(<"$t_tmp/pull.out")"
pkill -KILL -P "$puller" 2>/dev/null || true
kill -KILL "$puller" 2>/dev/null || true
wait "$puller" 2>/dev/null || true
expect_eq "$(cove images -q)" "" "images of a pull that was killed"
store_is_sound
part=$(partial_bytes)
expect_between "$part" 4000000 "$((layer_size - 1))" "what is kept of the layer"

faults
expect_status 0 cove pull "$faulty/app:v1"
expect_match "$out" "Downloading .*, from .* on"
expect_eq "$(requests "range=bytes=$part-")" 1 "requests for the rest"
expect_eq "$(find "$COVE_DATA_ROOT/images/partial" -mindepth 1)" "" "what is left"
store_is_sound

# A part that is not what it should be is thrown away, and the layer fetched whole.
expect_status 0 cove rmi -f "$faulty/app:v1"
head -c 1000000 /dev/zero >"$COVE_DATA_ROOT/images/partial/${layer#sha256:}"
faults
expect_status 0 cove pull "$faulty/app:v1"
expect_eq "$(requests 'range=bytes=1000000-')" 1
store_is_sound
