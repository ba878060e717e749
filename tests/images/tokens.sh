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
store_is_sound
