#!/usr/bin/env bash
# Whatever a registry does wrong ends in another attempt or in an error that says what it was; the store stays whole.
# timeout: 600
T_SUBIDS=1
. "$(dirname "$0")/../support/registry.sh"

start_registry plain
make_layout "$t_tmp/layout" 3000000
put_image "$t_tmp/layout" "$plain/app:v1"
layer=$(layer_of "$t_tmp/layout")
start_faults faulty "$plain"
start_faults elsewhere "$plain"

pull() { run cove pull "${quick[@]}" "$@" "$faulty/app:v1"; }
# pulls RULE...: after some trouble all is well.
pulls() {
  faults "$@"
  pull
  expect_eq "$status" 0 "exit status with '$*': $err"
  expect_match "$out" "Digest: $(digest_at "$plain/app:v1")"
  cove rmi -f "$faulty/app:v1" >/dev/null
  store_is_sound
}
# gives_up MESSAGE RULE...: it is an error, of which nothing stays.
gives_up() {
  faults "${@:2}"
  pull --retry 2
  expect_eq "$status" 1 "exit status with '${*:2}'"
  expect_match "$err" "$1"
  expect_eq "$(cove images -q)" "" "images after '${*:2}'"
  store_is_sound
}

# In passing.
pulls '1 ^GET.*manifests status 500' '1 ^GET.*manifests status 503'
pulls '2 ^GET.*blobs status 502'
pulls '1 ^GET.*manifests status 429,Retry-After=0'
pulls '1 ^GET.*manifests cut 10'
pulls '1 ^GET.*blobs cut 0'

# A cut layer is gone on with: the second request asks for the rest only.
pulls "1 ^GET.*$layer cut 1000000"
expect_eq "$(requests 'range=bytes=1000000-')" 1 "requests for the rest"
# By a registry that knows no ranges too.
pulls "1 ^GET.*$layer cut 1000000" "9 ^GET.*$layer whole"
expect_eq "$(requests 'range=bytes=1000000-')" 1 "requests for the rest"

# For good.
gives_up 'status 500' '99 ^GET.*manifests status 500'
expect_eq "$(requests '^GET.*manifests')" 3 "attempts"
gives_up 'status 429' '99 ^GET.*manifests status 429,Retry-After=9999'
expect_eq "$(requests '^GET.*manifests')" 1 "attempts where to wait is too long"
gives_up 'status 403' '99 ^GET.*blobs status 403'
gives_up 'transfer closed' "99 ^GET.*$layer cut 100"
gives_up 'more than the .* bytes that its manifest says' '99 ^GET.*blobs longer'
gives_up 'headers of the response are too long' '99 ^GET.*manifests headers'

# Wrong bytes are never taken, whether of a manifest, a config or a layer.
gives_up 'should have digest sha256:' '99 ^GET.*manifests garble'
gives_up 'sha256:' '99 ^GET.*blobs garble'
gives_up 'changed or damaged on its way' "99 ^GET.*$layer garble"
expect_eq "$(find "$COVE_DATA_ROOT/images"/{layers,partial} -mindepth 1 -maxdepth 1)" "" "what is made of wrong bytes"

# A token that is never good enough: asked for a few times only.
gives_up 'status 401' '99 ^GET.*manifests unauthorized'
expect_between "$(requests '^GET.*manifests')" 2 4 "attempts"

# A connection that drips, and one that says nothing.
faults '99 ^GET.*manifests slow'
run cove pull --retry 1 "${quick[@]}" --stall-timeout 2s "$faulty/app:v1"
expect_eq "$status" 1
expect_match "$err" "stalled: less than 256 bytes a second for 2 seconds"

# A redirect is followed, without the login that is for the first host.
faults "9 ^GET.*blobs redirect http://$elsewhere"
: >"$t_tmp/elsewhere.requests"
pull --creds user:secret
expect_eq "$status" 0 "$err"
expect_eq "$(grep -c 'auth=B' "$t_tmp/elsewhere.requests" || true)" 0 "logins that went elsewhere"
expect_between "$(grep -c '^GET.*blobs' "$t_tmp/elsewhere.requests")" 1 2 "blobs from elsewhere"
faults '9 ^GET.*blobs redirect file:///etc/passwd?'
expect_status 0 cove rmi -f "$faulty/app:v1"
pull
expect_eq "$status" 1
expect_match "$err" "only https and http are followed"
store_is_sound

# Nobody there: said at once.
expect_status 1 cove pull "127.0.0.1:1/app:v1"
expect_match "$err" "127.0.0.1:1: GET /v2/app/manifests/v1: "
expect_no_match "$out" "trying again"

# A disk that is full when the last piece of a blob comes: it is not taken for whole.
if [[ $EUID == 0 ]]; then
  mkdir "$t_tmp/small" "$t_tmp/nothing"
  mount -t tmpfs -o size=8m,mode=755 small "$t_tmp/small"
  small() { COVE_DATA_ROOT=$t_tmp/small/data cove "$@"; }
  expect_status 0 small import "$t_tmp/nothing" first  # keeps the room that its index needs
  expect_status 0 small rmi first
  dd if=/dev/zero of="$t_tmp/small/filler" bs=4k 2>/dev/null || true
  run small pull --retry 0 "$plain/app:v1"
  expect_eq "$status" 1 "exit status on a full disk: $out"
  expect_match "$err" 'No space left on device'
  rm "$t_tmp/small/filler"
  expect_status 0 small image fsck
  expect_eq "$(find "$t_tmp/small/data/images/blobs/sha256" -size 0)" "" "empty blobs"
fi
