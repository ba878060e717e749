#!/bin/bash
# Whatever is written, changed and removed inside, the root file system stays as it was to the last bit.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sum() {
  (cd "$(t_root)" && find . -printf '%p %s %U:%G %m %C@ %l\n'; tar -cf - bin/busybox etc home) 2>/dev/null |
    sha256sum || true
}
before=$(sum)
sandbox -- sh -c 'echo x >/new && echo x >/tmp/new && echo x >/run/new && mkdir /dir &&
  ln -s x /link && mkfifo /fifo && chmod 700 /new && rm -r /dir && ls /new'
run cove run "${root_args[@]}" -- \
  sh -c 'chmod 777 /etc; echo x >/etc/passwd; rm -rf /bin /etc /home /usr /var /root /sbin'
expect_eq "$(sum)" "$before" "checksum of the root"
[[ ! -e $(t_root)/new ]] || fail "/new is in the root"
sandbox -- sh -c 'test ! -e /new && test -s /etc/passwd'
