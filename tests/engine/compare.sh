#!/bin/bash
# What is typed to docker can be typed to cove: the cases of compare.table on cove, podman and docker side by side, each
# engine on its own, and then their exit statuses and what they print compared. Where the table knows a difference it says
# why, and one that is no longer there is an error too, so that the table stays true. COMPARE_ONLY=REGEX chooses sections;
# COMPARE_SHOW=1 prints what every engine said.
# modes: root
# timeout: 600
# shellcheck disable=SC2154,SC2034,SC2317
export COVE_RUNTIME=crun  # podman's
COVE=$(realpath "${COVE:?names the cove program}")
export COVE
# shellcheck source=tests/support/drivers.sh
. "${0%/*}/../support/drivers.sh"
need_programs podman conmon dockerd docker containerd crun runc
# shellcheck source=tests/support/engines.sh
. "$d_support/engines.sh"
table=$(dirname "$d_script")/compare.table

# The words of a case: E VERB ARG... calls the engine, R and C run and create a container of the image.
E() { engine "$e_name" "$@"; }
R() { engine "$e_name" run "$@"; }
C() { engine "$e_name" create "$@"; }
# One that ends at once when it is asked to, with status 5.
sleeper() { R -d "$@" -- sh -c 'trap "exit 5" TERM; echo ready; while :; do sleep 0.05; done' && until_true 10 says_ready "${*: -1}"; }
says_ready() { E logs "$1" | grep -q ready; }
up() { [[ $(E inspect --format '{{.State.Running}}' "$1") == true ]]; }

# What differs from run to run, and from engine to engine without anybody's caring.
normal() {
  sed -E -e 's/\b[0-9a-f]{64}\b/<id>/g' -e 's/\b[0-9a-f]{12}\b/<short>/g' \
    -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]{5})/<time>/g' \
    -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+ [+-][0-9]{4} [A-Z]+/<date>/g' \
    -e 's/(Less than a second|About an? [a-z]+|[0-9]+ (second|minute)s?)( ago)?/<ago>/g' -e 's/ +$//' -e 's/\r$//'
}

# Each section begins with no container and no volume.
clean() {
  local ids
  ids=$(E ps -aq) && [[ -z $ids ]] || E rm -f $ids >/dev/null 2>&1 || :
  ids=$(E volume ls -q) && [[ -z $ids ]] || E volume rm -f $ids >/dev/null 2>&1 || :
}

# run_cases ENGINE: what each case printed goes to $d_tmp/ENGINE/NUMBER, and its exit status with it.
run_cases() {
  local section='' line number=0 command status began name=$1
  e_name=$1 T=$d_tmp/work-$1
  mkdir "$d_tmp/$name" "$T"
  while IFS= read -r line; do
    number=$((number + 1))
    case $line in
      '' | '#'* | '!'*) continue ;;
      '== '*)
        section=${line#== }
        [[ ! $section =~ ${COMPARE_ONLY:-.} ]] || clean
        continue
        ;;
    esac
    [[ $section =~ ${COMPARE_ONLY:-.} ]] || continue
    command=${line#- }
    status=0
    began=${EPOCHREALTIME//[!0-9]/}
    (set +e; eval "$command") >"$d_tmp/$name/out" 2>"$d_tmp/$name/err" </dev/null || status=$?
    [[ ${COMPARE_SHOW-} != 1 ]] || echo "$name: $(((${EPOCHREALTIME//[!0-9]/} - began) / 1000)) ms: $command" >&2
    [[ $line != '- '* || $status == 0 ]] || { echo "$name: preparing '$command': $(<"$d_tmp/$name/err")" >>"$d_tmp/failed"; }
    if [[ $line != '- '* ]]; then
      { echo "status $status"; normal <"$d_tmp/$name/out"; } >"$d_tmp/$name/$number"
      normal <"$d_tmp/$name/err" >"$d_tmp/$name/$number.err"
    fi
  done <"$table"
  clean
}

# excuse ENGINE NUMBER: why this engine may differ in the case of that line: the lines "! ENGINE: why" above it.
excuse() {
  awk -v engine="$1" -v number="$2" '
    /^! / { if (index($0, "! " engine ": ") == 1) why = substr($0, length(engine) + 5); next }
    NR == number { print why; exit }
    { why = "" }' "$table"
}

# Whether a peer did the same, but for the numbers that failures have there, which the head of the table explains.
alike() {
  local peer=$1 number=$2 ours theirs
  cmp -s "$d_tmp/cove/$number" "$d_tmp/$peer/$number" && return 0
  cmp -s <(tail -n +2 "$d_tmp/cove/$number") <(tail -n +2 "$d_tmp/$peer/$number") || return 1
  read -r _ ours <"$d_tmp/cove/$number"
  read -r _ theirs <"$d_tmp/$peer/$number"
  case $peer/$ours/$theirs in
    podman/1/125 | podman/1/255 | podman/1/2) return 0 ;;
    docker/125/1) grep -qE 'requires|accepts no|unknown command|invalid value' "$d_tmp/docker/$number.err" ;;
    *) return 1 ;;
  esac
}

compare_cases() {
  local number peer why same line bad=0 cases=0 differences=0
  for number in $(ls "$d_tmp/cove" | grep -E '^[0-9]+$' | sort -n); do
    line=$(sed -n "${number}p" "$table")
    cases=$((cases + 1))
    for peer in podman docker; do
      same=1
      alike "$peer" "$number" || same=0
      why=$(excuse "$peer" "$number")
      [[ $same == 1 || -z $why ]] || differences=$((differences + 1))
      if [[ $same == 0 && -z $why ]]; then
        bad=$((bad + 1))
        printf 'line %s differs from %s: %s\n  cove: %s\n  %s: %s\n' "$number" "$peer" "$line" \
          "$(paste -sd'~' "$d_tmp/cove/$number")[$(head -c 300 "$d_tmp/cove/$number.err")]" "$peer" \
          "$(paste -sd'~' "$d_tmp/$peer/$number")[$(head -c 300 "$d_tmp/$peer/$number.err")]"
      elif [[ $same == 1 && -n $why ]]; then
        bad=$((bad + 1))
        printf 'line %s: cove and %s agree, but the table says that they differ (%s): %s\n' "$number" "$peer" "$why" "$line"
      fi
      [[ ${COMPARE_SHOW-} != 1 || $same == 0 ]] || printf 'line %s as %s: %s\n' "$number" "$peer" "$(paste -sd'~' "$d_tmp/cove/$number")"
    done
  done
  echo "$cases cases, $differences known differences"
  [[ $cases -gt 0 ]] || fail "no case was tried"
  [[ $bad == 0 ]] || fail "$bad unexpected"
}

start_registry
start_cove
start_podman
start_docker
: >"$d_tmp/failed"
pids=()
for name in "${engines[@]}"; do
  run_cases "$name" &
  pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done
bad=0
[[ ! -s $d_tmp/failed ]] || { bad=1; cat "$d_tmp/failed"; }
compare_cases
[[ $bad == 0 ]] || fail "what should have been there for some cases was not"
