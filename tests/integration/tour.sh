#!/bin/bash
# The commands of docs/tour.md print what the tour says they print.
T_ROOT=default T_SUBIDS=1 T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "$0")")/../support/lib.sh"
[[ -z ${COVE_RUNTIME-} ]] || skip "the tour is about cove"
source_dir=$(realpath "$t_support/../..")
mkdir "$t_tmp/bin" "$t_tmp/scratch"
ln -s "$(realpath "$(t_cove)")" "$t_tmp/bin/cove"
cd "$t_tmp/scratch"
PATH=$t_tmp/bin:$PATH "$source_dir/tests/tools/run_console" "$source_dir/docs/tour.md" --as "$COVE_AS"
