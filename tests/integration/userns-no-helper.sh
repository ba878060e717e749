#!/bin/bash
# Without newuidmap, or with one that cannot raise its privilege, a range is refused; one id needs none.
# modes: root
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

range=("$(t_cove)" run "${root_args[@]}" --userns "0:12345:1,1:600000:10" -- true)
expect_status 0 as_user --subids "${range[@]}"
expect_status 125 as_user --subids setpriv --no-new-privs "${range[@]}"
expect_match "$err" 'E-NEWUIDMAP-MISSING.*no_new_privs'
one=("$(t_cove)" run "${root_args[@]}" --userns 0:12345:1 -- true)
expect_status 0 as_user --subids setpriv --no-new-privs "${one[@]}"
install -m 755 /usr/bin/newuidmap "$t_tmp/copy"
mount --bind "$t_tmp/copy" /usr/bin/newuidmap
expect_status 125 as_user --subids "${range[@]}"
expect_match "$err" 'E-NEWUIDMAP-MISSING.*(set-uid|setuid)'
umount /usr/bin/newuidmap
mount --bind /dev/null /usr/bin/newuidmap
expect_status 125 as_user --subids "${range[@]}"
expect_match "$err" 'E-NEWUIDMAP-MISSING.*newuidmap, which this system lacks'
expect_match "$err" 'install the package .uidmap.'
expect_status 0 as_user --subids "$(t_cove)" run "${root_args[@]}" -- true
umount /usr/bin/newuidmap
