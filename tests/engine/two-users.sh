#!/bin/bash
# Two users, and root beside them, don't meet: the same names, volumes and commands for each, and nobody's check, gc,
# prune or kill reaches what is another's.
# modes: root
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

chmod 711 "$t_tmp"
ids=(0 12345 12346)
for id in "${ids[@]}"; do
  mkdir -m 700 "$t_tmp/home-$id" "$t_tmp/run-$id"
  chown "$id:$id" "$t_tmp/home-$id" "$t_tmp/run-$id"
done
# of UID COMMAND...: cove as that user, in the places that it takes by default, but for root's, which are the machine's.
of() {
  local id=$1 words=(env -u COVE_DATA_ROOT -u COVE_RUN_ROOT "HOME=$t_tmp/home-$1" "XDG_RUNTIME_DIR=$t_tmp/run-$1")
  shift
  if [[ $id == 0 ]]; then "$COVE" "$@"; else COVE_TEST_ID=$id as_user --subids "${words[@]}" "$COVE" "$@"; fi
}
remove_theirs() { for id in "${ids[@]}"; do of "$id" rm -f same >/dev/null 2>&1 || :; done; }
at_exit remove_theirs
all_run() {
  local id
  for id in "${ids[@]}"; do
    expect_status 0 of "$id" exec same cat /mine
    expect_eq "$out" "$id" "$1: the container of $id"
  done
}

declare -A container
for id in "${ids[@]}"; do
  expect_status 0 of "$id" run -d --name same -v data:/data "${root_args[@]}" -- \
    sh -c "echo $id >/mine; echo $id >>/data/who; trap 'exit 0' TERM; while :; do sleep 0.1; done"
  container[$id]=$out
done
within 5 all_run "at first"
for id in "${ids[@]}"; do
  expect_status 0 of "$id" ps -aq --no-trunc
  expect_eq "$out" "${container[$id]}" "what $id sees"
  expect_status 0 of "$id" exec same cat /data/who
  expect_eq "$out" "$id" "the volume of $id"
  expect_status 0 of "$id" info --format '{{.Containers}}'
  expect_eq "$out" 1
done

# By the whole id, too.
for id in "${ids[@]}"; do
  for other in "${ids[@]}"; do
    [[ $id != "$other" ]] || continue
    for words in 'stop -t 0' kill 'rm -f' pause inspect logs; do
      # shellcheck disable=SC2086
      run of "$id" $words "${container[$other]}"
      [[ $words == 'rm -f' ]] || expect_eq "$status" 1 "$words of another's"
      expect_match "$err$out" 'no such (container|object)|^$|^[0-9a-f]{64}$'
    done
  done
done
all_run "after they reached for each other's"

for id in "${ids[@]}"; do
  run of "$id" system check
  expect_no_match "$out" "$(IFS='|'; echo "${container[*]}")"
  run of "$id" system gc
  expect_status 0 of "$id" system prune -f --volumes
  expect_status 0 of "$id" gc
done
all_run "after gc and prune of all three"

# Another's directories are closed, and that is said.
expect_status 1 env COVE_TEST_ID=12346 "$t_support/run-as-user" env "COVE_DATA_ROOT=$t_tmp/home-12345/.local/share/cove" \
  "COVE_RUN_ROOT=$t_tmp/run-12345/cove" "$COVE" ps
expect_match "$err" '[Pp]ermission denied'
# A run directory in /tmp that somebody else has made first is not used.
install -d -m 700 -o 12346 -g 12346 /tmp/cove-12345
remove_directory() { rm -rf /tmp/cove-12345; }
at_exit remove_directory
expect_status 1 env COVE_TEST_ID=12345 "$t_support/run-as-user" env -u COVE_DATA_ROOT -u COVE_RUN_ROOT -u XDG_RUNTIME_DIR \
  "HOME=$t_tmp/home-12345" "$COVE" ps
expect_match "$err" '/tmp/cove-12345 belongs to somebody else'

for id in "${ids[@]}"; do
  expect_status 0 of "$id" rm -f same
  expect_status 0 of "$id" ps -aq
  expect_eq "$out" ""
  expect_status 0 of "$id" volume rm data
done
expect_eq "$(cgroups_left "${container[@]}")" "" "cgroups that are left"
leave_nothing
