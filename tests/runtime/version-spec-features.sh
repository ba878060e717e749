#!/bin/bash
# --version, spec (whose config.json runs), and features.
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

expect_status 0 rt --version
expect_match "$out" 'spec: 1\.'
mkdir "$t_tmp/b"
(cd "$t_tmp/b" && expect_status 0 rt spec)
jq -e '.process.args == ["sh"] and .root.path == "rootfs" and (.ociVersion | startswith("1."))' "$t_tmp/b/config.json" >/dev/null ||
  fail "spec: $(<"$t_tmp/b/config.json")"
# It is not written over.
expect_ne "$(cd "$t_tmp/b" && rt spec >/dev/null 2>&1; echo $?)" 0 "status of spec over a config.json"
expect_status 0 rt spec --bundle "$t_tmp/b" --help
bundle a . true
cp "$t_tmp/b/config.json" "$t_tmp/spec.json"
jq '.process.terminal = false | .process.args = ["echo", "from spec"]' "$t_tmp/spec.json" >"$bundle/config.json"
expect_status 0 rt run --bundle "$bundle" "${id}a"
expect_eq "$out" 'from spec'
rm "$t_tmp/b/config.json"
(cd "$t_tmp/b" && expect_status 0 rt spec --rootless)
jq -e '.linux.uidMappings | length == 1' "$t_tmp/b/config.json" >/dev/null || fail "spec --rootless has no mapping"
expect_status 0 rt features
jq -e '(.ociVersionMin | startswith("1.")) and (.hooks | index("poststop")) and (.mountOptions | index("rro"))
  and .linux.seccomp.enabled and (.linux.namespaces | index("cgroup")) and (.linux.capabilities | index("CAP_CHOWN"))' <<<"$out" >/dev/null ||
  fail "features: $out"
