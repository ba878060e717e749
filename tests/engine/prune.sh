#!/bin/bash
# `system prune` asks, and removes what does not run; with --volumes the anonymous volumes that nobody uses. `volume prune`
# asks too, and has filters.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

detached web
expect_status 0 cove create --name idle "${root_args[@]}" -- true
idle=$out
run cove system prune </dev/null
expect_eq "$status" 0
expect_match "$out" 'WARNING! This will remove:'
expect_eq "$(record_of idle .name)" idle
run cove system prune <<<n
expect_eq "$(record_of idle .name)" idle
run cove system prune <<<y
expect_match "$out" "Deleted Containers:.$idle"
expect_match "$out" 'Total reclaimed space: 0B'
expect_status 1 cove start idle
expect_status 0 cove exec web true
expect_status 0 cove volume create named
expect_status 0 cove volume create
anonymous=$out
head -c 2000 /dev/zero >"$COVE_DATA_ROOT/volumes/$anonymous/_data/file"
expect_status 0 cove system prune -f --volumes
expect_eq "$out" "Deleted Volumes:
$anonymous

Total reclaimed space: 2kB"

expect_status 0 cove volume create --label tier=back --label old labelled
expect_status 0 cove volume create
anonymous=$out
expect_status 0 cove create --name user -v used:/data "${root_args[@]}" -- true
volumes() { expect_status 0 cove volume ls -q "$@"; names=$(paste -sd, <<<"$out"); }
run cove volume prune </dev/null
expect_eq "$status" 0
expect_match "$out" '^WARNING! This will remove anonymous local volumes not used by at least one container'
volumes
expect_eq "$names" "$(printf '%s\n' labelled named used "$anonymous" | LC_ALL=C sort | paste -sd,)"
expect_status 0 cove volume prune -f
expect_eq "$out" "Deleted Volumes:
$anonymous

Total reclaimed space: 0B"
run cove volume prune --all --filter 'label!=old' <<<y
expect_match "$out" 'This will remove all local volumes not used by at least one container'
expect_match "$out" $'Deleted Volumes:\nnamed\n\n'
expect_status 0 cove volume prune -f --filter all=1 --filter label=tier=front
expect_eq "$out" "Total reclaimed space: 0B"
while read -r want filter; do
  volumes --filter "$filter"
  expect_eq "$names" "${want#-}" "volume ls $filter"
done <<END
labelled label=old
- label=tier=front
used dangling=false
labelled dangling=true
labelled,used driver=local
- driver=other
labelled name=^l
labelled,used name=e
END
expect_status 0 cove volume ls
expect_eq "$out" $'DRIVER    VOLUME NAME\nlocal     labelled\nlocal     used'
expect_status 0 cove volume ls --format '{{.Name}} {{.Labels}} {{.Label "tier"}} {{.Mountpoint}}' --filter label=old
expect_match "$out" "^labelled old=,tier=back back $COVE_DATA_ROOT/volumes/labelled/_data$"
expect_status 0 cove volume prune -f --filter all=1 --filter label=tier=back
expect_match "$out" labelled
expect_status 1 cove volume prune -f --filter nothing=1
expect_match "$err" "invalid filter 'nothing'"
expect_status 1 cove volume ls --filter nothing=1
expect_status 0 cove volume inspect --format '{{.Name}} {{.Driver}} {{.Scope}}' used
expect_eq "$out" "used local local"
cove volume inspect used >"$t_tmp/one"
cove inspect used >"$t_tmp/other"
cmp "$t_tmp/one" "$t_tmp/other" || fail "volume inspect and inspect differ"
expect_status 1 cove volume inspect used missing
expect_eq "$(jq -r '.[].Name' <<<"$out")" used
expect_match "$err" 'no such volume: missing'
expect_status 0 cove rm -f user web
expect_status 0 cove volume rm used
leave_nothing
