#!/bin/bash
# Programs that exist and cannot run: 126, and the message tells the kinds apart, also with --init.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir -p "$t_tmp/p/dir"
cd "$t_tmp/p"
printf '#!/no/such/interpreter\n' >interpreter
printf '#!/bin/sh\r\necho hello\r\n' >crlf
head -c 4096 "$(command -v busybox)" >arm
printf '\xb7\x00' | dd of=arm bs=1 seek=18 conv=notrunc status=none
python3 - "$COVE_PROBES/ids" <<'END'
# An ELF program whose loader is not there: a static one's first segment, turned into PT_INTERP.
import struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
offset = struct.unpack_from("<Q", data, 32)[0]
path = b"/lib/no-such-loader.so\0"
struct.pack_into("<IIQQQQQQ", data, offset, 3, 4, 512, 0, 0, len(path), len(path), 1)
open("loader", "wb").write(data[:512] + path)
END
echo 'not a program' >text
: >empty
cp "$(command -v busybox)" denied
chmod 755 ./*
chmod 644 denied
check() {  # FILE ID PATTERN
  for options in '' --init; do
    expect_status 126 cove run "${root_args[@]}" -v "$t_tmp/p:/p" $options -- "/p/$1"
    expect_match "$err" "$2: .*/p/$1" "error for $1"
    expect_match "$err" "$3" "error for $1"
  done
}
check interpreter E-EXEC-INTERPRETER /no/such/interpreter
check crlf E-EXEC-CRLF 'carriage return'
check arm E-EXEC-ARCH 'aarch64'
check loader E-EXEC-INTERPRETER /lib/no-such-loader.so
check text E-EXEC-FORMAT ''
check empty E-EXEC-FORMAT ''
check denied E-EXEC-PERMISSION 'chmod'
check dir E-EXEC-PERMISSION 'directory'
expect_status 126 cove run "${root_args[@]}" -v "$t_tmp/p:/p" -e PATH=/p -- denied
expect_match "$err" 'E-EXEC-PERMISSION: .*denied is in PATH'
