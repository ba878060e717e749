#!/bin/bash
# Hostile layers change nothing outside of the store, and leave nothing behind.
# forms: erofs
T_SUBIDS=1
# timeout: 600
# shellcheck source=tests/support/images.sh
. "${0%/*}/../support/images.sh"

outside=$t_tmp/outside
mkdir "$outside"
echo innocent >"$outside/victim"
snapshot() { find "$outside" -printf '%p %y %i %n %m %s %T@\n'; python3 -c 'import os, sys; print(os.listxattr(sys.argv[1]))' "$outside"; }
before=$(snapshot)

refused=(dotdot hard-link hard-link-up hard-link-through whiteout-up whiteout-self deep symlink-parent symlink-up whiteout-through
  opaque-through zeros)
taken=(absolute symlink-file device fifo-passwd attributes)
mkdir "$t_tmp/images"
"$t_support/make-image" --hostile "$t_tmp/images" "$outside" "${refused[@]}" "${taken[@]}"
load_hostile() { run cove load -q -i "$t_tmp/images/$1"; }
at() { layer_files >/dev/null; find "$images_root/layers" -mindepth 2 -name "$1" -printf '%y %l\n'; }

# Refused, each with the entry's name.
for name in "${refused[@]}"; do
  load_hostile "$name"
  [[ $status == 1 ]] || fail "$name: exit status $status: $err"
  expect_match "$err" 'layer sha256:' "$name"
  # A bomb: what is small and becomes large.
  [[ $name != zeros ]] || expect_match "$err" 'more than 500 times as much'
  expect_eq "$(snapshot)" "$before" "what is outside after $name"
  expect_no_files
done
expect_empty_store

# Taken for what they can mean inside.
for name in "${taken[@]}"; do
  load_hostile "$name"
  [[ $status == 0 ]] || fail "$name: exit status $status: $err"
  expect_eq "$(snapshot)" "$before" "what is outside after $name"
  case $name in
    absolute) expect_eq "$(at absolute)" "f " ;;
    symlink-file) expect_eq "$(at file)" "f " ;;
    device)
      expect_eq "$(at gone)" ""
      expect_match "$err" "left out 'gone'"
      if [[ $COVE_AS == root ]]; then expect_eq "$(at disk)" "b "; else expect_match "$err" "left out 'disk': only root can make devices"; fi
      ;;
    fifo-passwd)
      # Nobody waits for its writer.
      expect_status 125 timeout 20 "$COVE" run --user nobody test.example/made:1 true
      ;;
    attributes) expect_eq "$(python3 -c 'import os, sys; print(os.listxattr(sys.argv[1]))' "$(layer_files)/d")" "[]" ;;
  esac
  expect_clean_store
  cove image prune -af >/dev/null
done
