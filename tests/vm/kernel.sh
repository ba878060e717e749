# The kernels of the guests: Debian's packages, unpacked once each in the cache; nothing is installed on this machine.
# Sourced by run and guest, which have a function die.
# shellcheck shell=bash
vm_cache=${COVE_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/cove-vm}

# vm_newest PACKAGE: what a package without a version stands for, as linux-image-6.12-cloud-amd64; nothing if it is a kernel itself.
vm_newest() { apt-cache depends "$1" 2>/dev/null | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1; }

# vm_kernel [PACKAGE]: leaves the kernel in $kernel and its package's tree in $kernel_tree. What is there already is taken,
# unless a package is named: a newer one would make everybody build again.
vm_kernel() {
  local package=${1-} work lock newest series
  mkdir -p "$vm_cache/kernels"
  exec {lock}>"$vm_cache/lock"
  flock "$lock"
  if [[ -z $package ]]; then
    newest=$(vm_newest linux-image-cloud-amd64)
    [[ -n $newest ]] || die "no kernel package is known: apt-get update"
    # Not one of another series, which somebody asked for.
    series=$(sed 's/^\(linux-image-[0-9]*[.][0-9]*[.]\).*/\1/' <<<"$newest")
    package=$(find "$vm_cache/kernels" -mindepth 1 -maxdepth 1 -name "$series*-cloud-amd64" -printf '%f\n' | sort -V | tail -n 1)
    package=${package:-$newest}
  else
    newest=$(vm_newest "$package")
    package=${newest:-$package}
  fi
  kernel_tree=$vm_cache/kernels/$package
  if [[ ! -d $kernel_tree ]]; then
    work=$(mktemp -d "$vm_cache/unpack.XXXXXX")
    (cd "$work" && apt-get download -qq "$package" >/dev/null 2>&1 && dpkg-deb -x "$package"_*.deb tree) ||
      die "can't get $package: apt-get update"
    compgen -G "$work/tree/boot/vmlinuz-*" >/dev/null || die "$package holds no kernel: name one as linux-image-6.12-cloud-amd64"
    # Newer packages compress their modules, which the initial ramfs can't load.
    find "$work/tree" -name '*.ko.xz' -exec xz -d {} +
    mv "$work/tree" "$kernel_tree" && rm -rf "$work"
  fi
  flock -u "$lock"
  # shellcheck disable=SC2034  # for who sources this
  kernel=$(echo "$kernel_tree"/boot/vmlinuz-*)
}

# vm_modules TREE NAME...: prints the modules' files, each after those that it depends on; what is built in has none.
vm_modules() {
  local tree=$1 name file depends
  shift
  for name in "$@"; do
    [[ " ${vm_modules_seen-} " != *" ${name//-/_} "* ]] || continue
    vm_modules_seen+=" ${name//-/_}"
    file=$(find "$tree/lib/modules" -name "$(sed 's/[-_]/[-_]/g' <<<"$name").ko" | head -n 1)
    if [[ -z $file ]]; then
      grep -qs "/${name//[-_]/[-_]}[.]ko$" "$tree"/lib/modules/*/modules.builtin || die "the kernel has no module $name"
      continue
    fi
    depends=$(grep -azo '^depends=[^[:cntrl:]]*' "$file" | tr -d '\0')
    depends=${depends#depends=}
    # shellcheck disable=SC2086  # words
    [[ -z $depends ]] || vm_modules "$tree" ${depends//,/ }
    echo "$file"
  done
}
