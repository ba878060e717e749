#!/bin/bash
# A container that puts symbolic links where files are copied to and from, also while they are copied, gets nothing of the
# machine and changes nothing of it.
# shellcheck source=tests/support/engine.sh
. "${0%/*}/../support/engine.sh"

mkdir -p "$t_tmp/work/host" && cd "$t_tmp/work"
echo secret >host/secret
mkdir tree && for ((i = 0; i < 50; i++)); do echo mine >"tree/f$i"; done
detached web

# A link to a path of the machine is a path inside.
expect_status 0 cove exec web ln -s "$PWD/host" /link
expect_status 1 cove cp -L web:/link out
expect_status 1 cove cp web:/link/secret out
expect_status 1 cove cp tree/f0 web:/link/new
expect_eq "$(ls host)" secret

# Links that are swapped meanwhile.
expect_status 0 cove exec -d web sh -c "mkdir -p /swap/real; cd /swap; ln -s '$PWD/host' evil; while :; do ln -s real d; rm d; ln -s '$PWD/host' d; rm d; mkdir d; rm -rf d; done"
for ((i = 0; i < 15; i++)); do
  cove cp tree web:/swap/d >/dev/null 2>&1 || true
  cove cp -L web:/swap/d "out$i" >/dev/null 2>&1 || true
done
expect_eq "$(ls host)" secret
expect_eq "$(find . -name 'out*' -type l)" "" "links that -L has copied"
expect_eq "$(grep -rl secret out* 2>/dev/null || true)" ""

# Archives that want to be somewhere else.
tar -cPf up.tar ../work/tree/f0
expect_status 1 sh -c "$(printf '%q' "$COVE") cp - web:/ <up.tar"
expect_match "$err" "leads out of the archive's directory"
ln -s / root && tar -cf through.tar root && rm root && mkdir -p root/etc && echo x >root/etc/escaped && tar -rf through.tar root/etc/escaped
expect_status 0 cove exec web mkdir /box
expect_status 1 sh -c "$(printf '%q' "$COVE") cp - web:/box <through.tar"
expect_status 1 cove exec web test -e /etc/escaped
head -c 700 up.tar >cut.tar
expect_status 1 sh -c "$(printf '%q' "$COVE") cp - web:/box <cut.tar"

# What comes out is not set-user-ID.
expect_status 0 cove exec web sh -c 'cp /bin/busybox /box/su; chmod 4755 /box/su'
[[ $EUID == 0 ]] && archive=-a || archive=
expect_status 0 cove cp $archive web:/box/su su
expect_eq "$(stat -c %a su)" 755
expect_status 0 cove rm -f web
leave_nothing
