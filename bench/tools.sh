# The commands that the benchmarks compare, each with the isolation of `cove run` as far as the tool can give it.
# Sourced by bench/run and bench/count, which run in a private mount namespace without the v2 hierarchy (crun 1.8
# refuses hybrid machines), so that every tool uses the same cgroup hierarchies.
# The sourcing script sets run_dir, a directory for state.
# shellcheck shell=bash disable=SC2154
bench_dir=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
source_dir=$(dirname "$bench_dir")
support=$source_dir/tests/support
build=$source_dir/build
programs=$build/bench
cove=${COVE:-$build/release/src/main/cove}
cove_runtime=$(dirname "$cove")/cove-runtime
root=$build/cache/bench-root
bundle=$build/cache/bench-bundle
profile=/usr/share/containers/seccomp.json

bench_die() { echo "bench: $*" >&2; exit 1; }

need() { command -v "$1" >/dev/null || bench_die "$1 is missing: apt-get install $2"; }

# Builds everything that is measured and what the measured tools need.
prepare() {
  need crun crun; need runc runc; need jq jq; need busybox busybox-static
  [[ -e $profile ]] || bench_die "$profile is missing: apt-get install golang-github-containers-common"
  cmake -S "$bench_dir" -B "$programs" -G Ninja >/dev/null
  ninja -C "$programs" >/dev/null
  "$support/make-busybox-root" "$root"
  # The same as `cove run` gives. crun and runc mount no overlay: they are spared its cost.
  "$support/oci-run" run --rootfs "$root" --bundle "$bundle" -- /bin/true
  "$support/oci-run" run --rootfs "$root" --bundle "$bundle-unconfined" --security-opt seccomp=unconfined -- /bin/true
}

# floor's arguments: our cgroup in each hierarchy that cove uses, as NAME=DIRECTORY.
hierarchies() {
  local name path mount_point
  if [[ $(stat -f -c %T /sys/fs/cgroup) == cgroup2fs ]]; then
    printf 'unified=/sys/fs/cgroup%s' "$(sed -n 's/^0::\/*\(.*\)/\/\1/p' /proc/self/cgroup)"
    return
  fi
  for name in memory cpu cpuacct pids freezer devices blkio; do
    path=$(awk -F: -v name="$name" 'index("," $2 ",", "," name ",") { print $3 }' /proc/self/cgroup)
    mount_point=/sys/fs/cgroup/$name
    [[ -z $path || ! -d $mount_point ]] || printf '%s=%s%s ' "$name" "$mount_point" "${path%/}"
  done
}

# bwrap has no overlay, cgroup limits or seccomp profiles; the rest is asked for.
bwrap_command() {  # root|user
  local path words=(bwrap --unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup --die-with-parent
    --new-session --hostname bench --bind "$root" / --proc /proc --dev /dev --mqueue /dev/mqueue
    --ro-bind /sys /sys --tmpfs /run --tmpfs /tmp)
  for path in /proc/interrupts /proc/kcore /proc/keys /proc/timer_list; do
    [[ ! -e $path ]] || words+=(--ro-bind /dev/null "$path")
  done
  for path in /proc/bus /proc/fs /proc/irq /proc/sys; do words+=(--ro-bind "$path" "$path"); done
  for path in /proc/acpi /sys/firmware; do
    [[ ! -d $path ]] || words+=(--tmpfs "$path")
  done
  if [[ $1 == root ]]; then
    words+=(--cap-drop ALL)
    for path in CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE \
      SYS_CHROOT KILL AUDIT_WRITE; do words+=(--cap-add "CAP_$path"); done
  else
    words+=(--unshare-user --uid 0 --gid 0)
  fi
  echo "${words[*]} /bin/true"
}

# A runtime by its name in the tables.
runtime_program() { if [[ $1 == cove-runtime ]]; then echo "$cove_runtime"; else echo "$1"; fi; }

# A line NAME=COMMAND for the harness. `%w` becomes the starter's number: OCI containers need a name of their own.
tool() {
  case $1 in
    nothing) echo "nothing=$programs/nothing" ;;
    floor | floor-bare) echo "$1=$programs/$1 $root $(hierarchies) -- /bin/true" ;;
    crun | runc) echo "$1=$1 --root $run_dir/$1 run --bundle $bundle bench-%w" ;;
    crun-unconfined) echo "$1=crun --root $run_dir/crun run --bundle $bundle-unconfined bench-%w" ;;
    cove-runtime) echo "$1=$cove_runtime --root $run_dir/$1 run --bundle $bundle bench-%w" ;;
    cove-runtime-unconfined) echo "$1=$cove_runtime --root $run_dir/cove-runtime run --bundle $bundle-unconfined bench-%w" ;;
    runc-unconfined) echo "$1=runc --root $run_dir/runc run --bundle $bundle-unconfined bench-%w" ;;
    lifecycle-*) echo "$1=$programs/lifecycle $(runtime_program "${1#*-}") $run_dir/${1#*-} $bundle bench-%w" ;;
    exec-*) echo "$1=$(runtime_program "${1#*-}") --root $run_dir/${1#*-} exec bench-exec /bin/true" ;;
    bwrap) echo "bwrap=$(bwrap_command root)" ;;
    bwrap-user) echo "bwrap=$(bwrap_command user)" ;;
    unshare) echo "unshare=unshare --mount --pid --fork --uts --ipc --net --cgroup --root=$root --mount-proc /bin/true" ;;
    unshare-user)
      echo "unshare=unshare --user --map-root-user --mount --pid --fork --uts --ipc --net --cgroup --root=$root /bin/true" ;;
    podman)  # its default limits may be above the machine's
      echo "podman=podman run --rm --quiet --network none --ulimit nofile=1024:1024 --ulimit nproc=1024:1024" \
        "--rootfs $root:O /bin/true" ;;
    cove) echo "cove=$cove run --rootfs $root true" ;;
    cove-userns) echo "cove-userns=$cove run --userns auto --rootfs $root true" ;;
    cove-default) echo "cove-default=$cove run true" ;;
    *) bench_die "unknown tool $1" ;;
  esac
}
