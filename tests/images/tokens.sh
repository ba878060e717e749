#!/usr/bin/env bash
# A registry that wants tokens of a token service: everybody may pull, who has logged in may push, and a token that does
# not allow what is asked for is replaced by one that does.
# timeout: 240
T_SUBIDS=1
. "$(dirname "$0")/../support/registry.sh"
command -v openssl >/dev/null || skip "openssl is not installed"

mkdir "$t_tmp/keys"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=tests -keyout "$t_tmp/keys/key.pem" \
  -out "$t_tmp/keys/cert.pem" 2>/dev/null
start_faults tokens none "$t_tmp/keys"
start_registry closed "auth: {token: {realm: 'http://$tokens/token', service: test, issuer: tests, rootcertbundle: $t_tmp/keys/cert.pem}}"
asked_for() { grep -Ec "^GET /token.*$1" "$t_tmp/tokens.requests" || true; }
make_layout "$t_tmp/layout"
put_image "$t_tmp/layout" "$closed/app:v1" --dest-creds me:pass

# Without a login, and with the token that such a client gets.
expect_status 0 cove pull "$closed/app:v1"
expect_match "$out" "Status: Downloaded newer image for $closed/app:v1"
expect_ne "$(asked_for 'repository(:|%3A)app(:|%3A)pull')" 0 "tokens to pull"
expect_status 0 cove tag "$closed/app:v1" "$closed/team/copy:v1"
expect_status 1 cove push "${quick[@]}" "$closed/team/copy:v1"
expect_match "$err" "cove login $closed|denied|login"

# A login is tried out at the token service.
expect_status 1 cove login -u me --password-stdin "$closed" <<<wrong
expect_match "$err" "the token service refused the login"
expect_status 0 cove login -u me --password-stdin "$closed" <<<pass
expect_eq "$out" "Login Succeeded"
expect_status 0 cove push "$closed/team/copy:v1"
expect_eq "$(skopeo inspect --creds me:pass --tls-verify=false --format '{{.Digest}}' "docker://$closed/team/copy:v1")" \
  "$(skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$closed/app:v1")"
# A blob is taken over from another repository: the token is for both.
expect_status 0 cove tag "$closed/app:v1" "$closed/third:v1"
expect_status 0 cove push "$closed/third:v1"
expect_match "$out" "Mounted from (app|team/copy)"
# What is kept of a login that no longer holds.
expect_status 0 cove logout "$closed"
expect_status 0 cove tag "$closed/app:v1" "$closed/fourth:v1"
expect_status 1 cove push "${quick[@]}" "$closed/fourth:v1"
expect_status 0 cove pull -q "$closed/team/copy:v1"

# A token that was good runs out in the middle of a layer: a new one is asked for, and what has come is kept.
start_faults faulty "$closed" "$t_tmp/keys"
make_layout "$t_tmp/large" 3000000
put_image "$t_tmp/large" "$closed/large:v1" --dest-creds me:pass
layer=$(layer_of "$t_tmp/large")
faults "1 ^GET.*$layer cut 1000000" "1 ^GET.*$layer expired"
expect_status 0 cove pull "${quick[@]}" "$faulty/large:v1"
expect_eq "$(requests '^GET /token.*repository(:|%3A)large(:|%3A)pull')" 1 "tokens after the first has run out"
expect_eq "$(requests "^GET.*$layer range=bytes=1000000-.*auth=Bearer")" 2 "requests for the rest, with the old token and the new one"
expect_eq "$(requests "^GET.*$layer range= ")" 1 "requests for the whole layer"
store_is_sound
# Each time that one runs out, but not for ever.
expect_status 0 cove rmi -f "$faulty/large:v1"
faults "1 ^GET.*manifests expired" "1 ^GET.*$layer expired"
expect_status 0 cove pull "${quick[@]}" "$faulty/large:v1"
expect_eq "$(requests '^GET /token')" 2 "tokens after those that have run out"
expect_status 0 cove rmi -f "$faulty/large:v1"
faults "99 ^GET.*$layer expired"
expect_status 1 cove pull "${quick[@]}" --retry 2 "$faulty/large:v1"
expect_match "$err" 'status 401'
expect_between "$(requests '^GET /token')" 1 8 "tokens that are asked for in vain"
store_is_sound
