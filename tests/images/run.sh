#!/bin/bash
# An image is run with what its config says, unless the command line says otherwise; what is an image on the command line
# is as docs/decisions/0013 has it.
# forms: erofs
T_SUBIDS=1
# shellcheck source=tests/support/images.sh
. "${0%/*}/../support/images.sh"

make_layout "$t_tmp/layout"
cove load -q -i "oci:$t_tmp/layout" >/dev/null
id=$(cove images -q)
cove tag "$id" example.org/busy:1

expect_status 0 cove run example.org/busy:1 sh -c 'echo $FROM_IMAGE; pwd; id -u; ls -d /bin/sh; echo x >/new; cat /new'
expect_eq "$out" $'yes\n/tmp\n0\n/bin/sh\nx'
# Nothing of it is left, and the image is as it was.
[[ ! -e $COVE_DATA_ROOT/containers ]] || fail "there is a container"
expect_clean_store
expect_status 0 cove run -e FROM_IMAGE=no -w / busy:1 sh -c 'echo $FROM_IMAGE; pwd'
expect_eq "$out" $'no\n/'
expect_status 3 cove run -i "$id" <<<'echo by id; exit 3'
expect_eq "$out" "by id"
expect_status 0 cove run --entrypoint /bin/echo busy:1 a b
expect_eq "$out" "a b"

# What is a command.
expect_status 0 cove run -- sh -c 'echo $FROM_IMAGE-'
expect_eq "$out" "-"
expect_status 0 cove run /bin/sh -c 'echo $FROM_IMAGE-'
expect_eq "$out" "-"
cove tag "$id" sh
expect_status 0 cove run sh sh -c 'echo $FROM_IMAGE'
expect_eq "$out" "yes"
expect_status 0 cove run -- sh -c 'echo command'
expect_eq "$out" "command"
cove rmi localhost/sh:latest >/dev/null
cove tag "$id" one.example/busy:1
expect_status 125 cove run busy:1 true
expect_match "$err" 'may mean more than one image'
expect_match "$err" 'example.org/busy:1, one.example/busy:1'
expect_status 125 cove run --pull never absent/image true
expect_match "$err" 'No such image: absent/image'
expect_status 125 cove run --pull never --platform linux/s390x example.org/busy:1 true
expect_status 125 cove run --rw example.org/busy:1 true

# What an image has in /run and /tmp is there, and is written to as anything else of it.
mkdir -p "$t_tmp/own/run/service" "$t_tmp/own/bin"
install -m 1777 -d "$t_tmp/own/tmp"
cp /bin/busybox "$t_tmp/own/bin/busybox"
ln -s busybox "$t_tmp/own/bin/sh"
touch "$t_tmp/own/tmp/shipped"
cove import -c 'ENTRYPOINT ["/bin/sh","-c"]' "$t_tmp/own" own:1 >/dev/null
expect_status 0 cove run own:1 'busybox ls -d /run/service /tmp/shipped; echo x >/tmp/new'
expect_eq "$out" $'/run/service\n/tmp/shipped'
expect_status 0 cove run --name keeps own:1 'echo kept >>/tmp/new; echo $(busybox cat /tmp/new)'
expect_status 0 cove start -a keeps
expect_eq "$out" "kept kept"
expect_status 0 cove diff keeps
expect_eq "$out" $'C /tmp\nA /tmp/new'
expect_status 0 cove rm keeps
# A working directory that it lacks is made.
expect_status 0 cove run -w /made/for/me own:1 pwd
expect_eq "$out" /made/for/me
expect_status 0 cove run --read-only own:1 'busybox ls -A /run /tmp; echo x >/tmp/new && busybox cat /tmp/new'
expect_eq "$out" $'/run:\n\n/tmp:\nx'
expect_status 0 cove run --tmpfs-size 64k own:1 'busybox ls -A /tmp; busybox df -k /tmp | busybox awk "NR == 2 { print \$1, \$2 }"'
expect_eq "$out" "tmpfs 64"
cove rmi own:1 >/dev/null

# A container keeps its image.
expect_status 0 cove run --name kept example.org/busy:1 sh -c 'echo changed >/etc/changed; rm -f /etc/passwd'
expect_eq "$(record_of kept .image)" example.org/busy:1
expect_status 0 cove diff kept
expect_eq "$out" $'C /etc\nA /etc/changed\nD /etc/passwd'
expect_status 0 cove ps -a --format '{{.Image}}'
expect_eq "$out" example.org/busy:1
cove rmi one.example/busy:1 >/dev/null
expect_status 1 cove rmi example.org/busy:1
expect_match "$err" 'conflict: unable to remove repository reference "example.org/busy:1" \(must force\) - container [0-9a-f]{12} is using its referenced image'
expect_status 0 cove rmi -f example.org/busy:1
expect_eq "$out" "Untagged: example.org/busy:1"
expect_status 0 cove image prune -af
expect_status 0 cove start -a kept
expect_status 0 cove rm kept
expect_empty_store

# A sandbox that runs keeps it too.
cove load -q -i "oci:$t_tmp/layout" >/dev/null
cove tag "$id" busy
mkfifo "$t_tmp/gate"
cove run -i busy cat <"$t_tmp/gate" &
exec 9>"$t_tmp/gate"
within 10 sh -c "cove_pid=\$(pgrep -x cat) && test -n \"\$cove_pid\""
expect_status 1 cove rmi busy
expect_match "$err" 'is being used'
exec 9>&-
wait $!
expect_status 0 cove rmi busy
expect_empty_store
