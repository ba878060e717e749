#!/usr/bin/env bash
# tools/check_layers finds each kind of violation, is not misled by comments and strings, and finds none in the sources.
set -euo pipefail
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
check=$repository/tools/check_layers
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

# expect FILE CONTENT [MESSAGE]: the check of a tree with this one file prints exactly the message, or nothing.
expect() {
  local file=$1 content=$2 message=${3-} output status=0
  rm -rf "$work/src"
  mkdir -p "$work/src/$(dirname "$file")"
  printf '%s\n' "$content" >"$work/src/$file"
  output=$("$check" "$work" 2>&1) || status=$?
  if [[ $output != "${message:+src/$file:$message}" ]] || ((${#message} > 0 && !status || !${#message} && status)); then
    printf 'FAILED: %s with %q\n  expected: %s\n  got (%d): %s\n' "$file" "$content" "${message:-nothing}" "$status" "$output"
    failures=$((failures + 1))
  fi
}

# Who may include whom
expect base/a.cc '#include "base/b.h"'
expect sys/a.cc '#include "base/b.h"'
expect base/a.cc '#include "sys/file.h"' '1: base may not include sys/file.h'
expect kernel/caps/a.cc '#include "launch/plan.h"' '1: kernel/caps may not include launch/plan.h'
expect kernel/caps/a.cc '#include "kernel/cgroup/plan.h"' '1: kernel/caps may not include kernel/cgroup/plan.h'
expect kernel/cgroup/a.h '#include "kernel/procfs/procfs.h"'
expect kernel/seccomp/builtin/a.cc '#include "kernel/seccomp/compile.h"'
expect kernel/seccomp/a.cc '#include "kernel/seccomp/builtin/filter.h"' \
  '1: kernel/seccomp may not include kernel/seccomp/builtin/filter.h'
expect launch/a.cc '#include "kernel/mount/tree.h"'
expect launch/a.cc $'\n#include "sandbox/options.h"' '2: launch may not include sandbox/options.h'
expect sandbox/a.h '#  include "cli/option.h"' '1: sandbox may not include cli/option.h'
expect sandbox/a.h '#include "nonsense/option.h"' '1: includes nonsense/option.h, which belongs to no known module'
expect kernel/nonsense/a.h '// empty' '1: belongs to no known module: add its folder to tools/check_layers'

# System calls
expect launch/a.cc 'int fd = ::open(path, 0);' '1: system calls are made in src/sys: open()'
expect launch/a.cc '  return syscall (SYS_gettid);' '1: system calls are made in src/sys: syscall()'
expect sandbox/a.cc 'if (fork() == 0) {}' '1: system calls are made in src/sys: fork()'
expect sandbox/a.cc 'f(::mount("a", b));' '1: system calls are made in src/sys: mount()'
expect sys/a.cc 'int fd = ::open(path, 0);'
expect base/unique_fd.h 'void reset() { ::close(fd_); }'
expect cli/a.cc 'Status open(); x.open(); sys::fork(); y->prctl(); pid = ::getpid();'
expect cli/a.cc '// calls ::open() and fork()'
expect cli/a.cc $'/* ::open()\n fork() */ int x;'
expect cli/a.cc $'/* ::open()\n fork() */ fork();' '2: system calls are made in src/sys: fork()'
expect cli/a.cc 'print("fork() \" ::open()"); char c = '\''"'\'';'
expect cli/a.cc 'print("a"); fork(); print("b");' '1: system calls are made in src/sys: fork()'
expect cli/a.cc $'auto s = R"(fork()\n::open())"; fork();' '2: system calls are made in src/sys: fork()'

# What is used nowhere
expect cli/a.cc '#include <iostream>' '1: <iostream> is not used here'
expect cli/a.cc '#include <thread>' '1: <thread> is not used here'
expect sys/a.cc 'auto* entry = getpwnam("root");' '1: getpwnam() is not used in cove'
expect sys/a.cc '::getaddrinfo(a, b, c, d);' '1: getaddrinfo() is not used in cove'
expect cli/a.cc 'std::system("ls"); file.system(1);' '1: system() is not used in cove'

# JSON
expect cli/a.cc '#include <boost/json.hpp>' \
  '1: JSON libraries are included by src/base/strict_json.cc only: <boost/json.hpp>'
expect base/strict_json.cc '#include <boost/json.hpp>'
expect launch/a.cc '#include "base/json_writer.h"' '1: JSON has no place in launch: base/json_writer.h'
expect cli/a.cc '#include "base/json_writer.h"'

# Tests may do as they like.
expect cli/a_test.cc $'#include <iostream>\nint fd = ::open(path, 0);'

if ! "$check" "$repository"; then
  echo "FAILED: the sources"
  failures=$((failures + 1))
fi
exit $((failures > 0))
