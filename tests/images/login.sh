#!/usr/bin/env bash
# Logins: a registry with names and passwords, Docker's file of logins, a credential helper.
# timeout: 600
T_SUBIDS=1
. "$(dirname "$0")/../support/registry.sh"
command -v htpasswd >/dev/null || skip "htpasswd (apache2-utils) is not installed"

htpasswd -Bbn -C 4 me pass >"$t_tmp/htpasswd" 2>/dev/null
start_registry closed "auth: {htpasswd: {realm: test, path: $t_tmp/htpasswd}}"
make_layout "$t_tmp/layout"
put_image "$t_tmp/layout" "$closed/app:v1" --dest-creds me:pass
logins=$HOME/.docker/config.json

expect_status 1 cove pull "$closed/app:v1"
expect_match "$err" "a login is needed"
expect_match "$err" "cove login $closed"

# A wrong password is not kept.
expect_status 1 cove login -u me --password-stdin "$closed" <<<wrong
expect_match "$err" "the login was refused"
[[ ! -e $logins ]] || fail "a wrong login was kept"

expect_status 0 cove login -u me --password-stdin "$closed" <<<pass
expect_eq "$out" "Login Succeeded"
expect_eq "$(stat -c %a "$logins")" 600
expect_eq "$(jq -r --arg host "$closed" '.auths[$host].auth' "$logins" | base64 -d)" me:pass
expect_status 0 cove pull -q "$closed/app:v1"
expect_status 0 cove tag "$closed/app:v1" "$closed/new:v1"
expect_status 0 cove push -q "$closed/new:v1"
# Others read what cove has kept.
expect_eq "$(skopeo inspect --authfile "$logins" --tls-verify=false --format '{{.Name}}' "docker://$closed/new:v1")" "$closed/new"

expect_status 0 cove logout "$closed"
expect_eq "$out" "Removing login credentials for $closed"
expect_status 0 cove logout "$closed"
expect_eq "$out" "Not logged in to $closed"
expect_status 1 cove pull "$closed/app:v1"

# For one command; from another file, and from skopeo's.
expect_status 0 cove pull -q --creds me:pass "$closed/app:v1"
skopeo login --authfile "$t_tmp/auth.json" --tls-verify=false -u me -p pass "$closed" >/dev/null
expect_status 0 cove pull -q --authfile "$t_tmp/auth.json" "$closed/app:v1"
REGISTRY_AUTH_FILE=$t_tmp/auth.json expect_status 0 cove pull -q "$closed/app:v1"

# A helper, which sees no more of the environment than it needs.
mkdir -p "$t_tmp/helpers"
cat >"$t_tmp/helpers/docker-credential-test" <<'HELPER'
#!/bin/sh
here=${0%/*}
env >"$here/environment"
case $1 in
  store) cat >"$here/stored" ;;
  get) [ -f "$here/stored" ] || { echo "credentials not found in native keychain"; exit 1; }; cat "$here/stored" ;;
  erase) rm -f "$here/stored" ;;
esac
HELPER
chmod +x "$t_tmp/helpers/docker-credential-test"
echo '{"credsStore": "test"}' >"$logins"
export PATH=$t_tmp/helpers:$PATH SECRET_OF_THE_CALLER=yes
expect_status 0 cove login -u me --password-stdin "$closed" <<<pass
expect_eq "$(jq -r .Username "$t_tmp/helpers/stored")" me
expect_no_match "$(<"$logins")" "$(printf me:pass | base64)"
expect_status 0 cove pull -q "$closed/app:v1"
expect_no_match "$(<"$t_tmp/helpers/environment")" SECRET_OF_THE_CALLER
expect_status 0 cove logout "$closed"
[[ ! -e $t_tmp/helpers/stored ]] || fail "the helper was not told to forget"

# Nobody to ask.
expect_status 1 cove login "$closed" </dev/null
expect_match "$err" "Cannot perform an interactive login from a non TTY device"

# Asked at a terminal, which does not show the password.
rm -f "$logins"
PYTHONPATH=$t_support python3 - "$(t_cove)" login "$closed" <<'PYTHON'
from terminal import Terminal, argv, expect_eq
terminal = Terminal(argv)
terminal.expect(r"Username for [0-9.:]+: ")
terminal.type("me\n")
terminal.expect(r"Password: ")
terminal.type("pass\n")
shown = terminal.expect(r"Login Succeeded")
expect_eq(terminal.wait(20), 0, "exit status")
PYTHON
expect_eq "$(jq -r --arg host "$closed" '.auths[$host].auth' "$logins" | base64 -d)" me:pass
