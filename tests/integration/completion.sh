#!/bin/bash
# The completion scripts load, and the one for bash completes options.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 0 cove completion bash
mv "$t_tmp/out" "$t_tmp/cove.bash"
expect_status 0 bash --norc -c "set -eu; source '$t_tmp/cove.bash'; complete -p cove"
expect_match "$out" '^complete .* cove$'
function=${out#*-F }
function=${function%% *}
candidates() {  # WORD...: what is offered for the last one
  bash --norc -c "source '$t_tmp/cove.bash'; COMP_WORDS=(\"\$@\"); COMP_CWORD=\$((\$# - 1)); COMP_LINE=\"\$*\"
    COMP_POINT=\${#COMP_LINE}; $function cove \"\${!#}\" run; printf '%s\n' \"\${COMPREPLY[@]}\"" bash "$@"
}
expect_match "$(candidates cove ru)" '^run'
expect_match "$(candidates cove run --mem)" '--memory'
expect_match "$(candidates cove run --mem)" '--memory-swap'
for shell in zsh fish; do
  expect_status 0 cove completion "$shell"
  mv "$t_tmp/out" "$t_tmp/cove.$shell"
  if command -v "$shell" >/dev/null; then "$shell" -n "$t_tmp/cove.$shell"; fi
done
expect_status 125 cove completion tcsh
