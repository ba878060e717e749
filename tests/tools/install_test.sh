#!/usr/bin/env bash
# `cmake --install` of the release build: all that belongs to an installation is there; and the example program, compiled
# against the installed library by way of pkg-config and of find_package(), takes a busybox container through its life and
# leaves nothing. Needs root for the latter.
set -euo pipefail
repository=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
build=$repository/build/release
support=$repository/tests/support
if [[ ! -e $build/library/libcove.a || ! -e $build/documents/cove.1 ]]; then
  echo "SKIP: no release build here: ./dev test makes it"
  exit 77
fi
for tool in pkg-config cmake g++ jq busybox; do
  command -v "$tool" >/dev/null || { echo "SKIP: needs $tool"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $*"
  exit 1
}

prefix=$work/usr
cmake --install "$build" --prefix "$prefix" >"$work/install.log" || fail "cmake --install: $(cat "$work/install.log")"
libdir=$(dirname "$(find "$prefix" -name libcove.a)")
for file in bin/cove bin/cove-runtime share/man/man1/cove.1 share/man/man8/cove-runtime.8 include/cove/container.h \
  share/bash-completion/completions/cove share/zsh/site-functions/_cove share/fish/vendor_completions.d/cove.fish; do
  [[ -s $prefix/$file ]] || fail "$file is not installed"
done
for file in pkgconfig/cove.pc cmake/cove/{coveConfig,coveTargets,coveConfigVersion}.cmake; do
  [[ -s $libdir/$file ]] || fail "$file is not installed"
done
for program in cove-images cove-cni cove-monitor cove-resolver; do
  [[ -x $prefix/libexec/cove/$program ]] || fail "$program is not installed"
done
CNI_COMMAND=VERSION "$prefix/libexec/cove/cove-cni" | grep -q '"supportedVersions"' || fail "cove-cni does not run"
[[ $(readlink "$prefix/bin/cove-runtime") == cove ]] || fail "cove-runtime is no link to cove"
"$prefix/bin/cove-runtime" --version | grep -q '^cove-runtime version ' || fail "cove-runtime does not run"

# --- the installed tree is elsewhere than it was configured for: it must find itself ---
export PKG_CONFIG_PATH=$libdir/pkgconfig
read -ra flags <<<"$(pkg-config --cflags --libs cove)"
g++ -std=c++20 -Wall -Wextra -Werror -Wno-missing-field-initializers "$repository/examples/run_container.cc" "${flags[@]}" \
  -o "$work/by-pkg-config" || fail "the example does not compile by pkg-config"
cmake -S "$repository/examples" -B "$work/examples" -DCMAKE_PREFIX_PATH="$prefix" >"$work/cmake.log" 2>&1 &&
  cmake --build "$work/examples" >>"$work/cmake.log" 2>&1 ||
  fail "the example does not compile by find_package: $(cat "$work/cmake.log")"

# --- run ---
if ((EUID)); then
  echo "SKIP: the example needs root to run; it compiles"
  exit 77
fi
mkdir "$work/bundle"
"$support/make-busybox-root" "$work/bundle/rootfs"
"$prefix/bin/cove-runtime" spec --bundle "$work/bundle"
jq '.process.terminal = false | .process.args = ["sleep", "1000"]' "$work/bundle/config.json" >"$work/config.json"
mv "$work/config.json" "$work/bundle/config.json"

cgroups_of() { find /sys/fs/cgroup -type d -name 'example-*' 2>/dev/null | sort; }
for program in by-pkg-config examples/run_container; do
  before=$(cgroups_of)
  output=$("$support/private" --pid bash -c '
    "$1" "$2" "$3" </dev/null || exit
    for entry in /proc/[0-9]*; do
      read -r name <"$entry/comm" 2>/dev/null && [[ $name == sleep || $name == sh ]] && echo "left: $name"
    done
    true' _ "$work/$program" "$work/bundle" "$work/run" 2>&1) || fail "$program: $output"
  expected='process [0-9]+ sees libcove
exit code 3
processes [0-9]+ of 20, memory in use
ended by signal 9
stopped
removed'
  [[ $output =~ ^$expected$ ]] || fail "$program says: $output"
  [[ -z $(ls -A "$work/run") ]] || fail "$program left $(ls -A "$work/run") in its root"
  [[ $(comm -13 <(echo "$before") <(cgroups_of)) == "" ]] || fail "$program left a cgroup: $(cgroups_of)"
done
echo "ok"
