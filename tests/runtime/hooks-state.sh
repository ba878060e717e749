#!/bin/bash
# Each hook has the container's state on its standard input: id, pid, bundle, annotations and the status of its stage.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a '
  def hook($stage): [{path: "/bin/sh", args: ["sh", "-c", "cat >" + $tmp + "/state-" + $stage]}];
  .annotations = {"k": "v"} | .hooks = ({} | .[("prestart", "createRuntime", "poststart", "poststop")] = null
    | with_entries(.value = hook(.key)))
  | .hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "cat >/state-startContainer"]}]' "${pause_command[@]}"
launch a
pid=$(init_pid a)
mv "$bundle/rootfs/state-startContainer" "$t_tmp"
remove a
field() { jq -r "$2" "$t_tmp/state-$1"; }
for stage in prestart createRuntime startContainer poststart poststop; do
  expect_eq "$(field $stage .id)" "${id}a" "id of $stage"
  # crun 1.8 tells the inner hook its own view.
  [[ $stage == startContainer ]] || expect_eq "$(field $stage .bundle)" "$bundle" "bundle of $stage"
  expect_eq "$(field $stage .annotations.k)" v "annotation of $stage"
  expect_match "$(field $stage .ociVersion)" '^1\.' "ociVersion of $stage"
done
for stage in prestart createRuntime poststart; do expect_eq "$(field $stage .pid)" "$pid" "pid of $stage"; done
expect_eq "$(field poststop .status)" stopped
# The specification says creating; runc 1.1 says created there, and crun too.
expect_match "$(field createRuntime .status)" '^(creating|created)$'
if is cove; then
  expect_eq "$(field createRuntime .status)/$(field startContainer .status)" creating/created
  expect_eq "$(field poststart .status)" running
  expect_eq "$(field startContainer .bundle)" "$bundle"
fi
