#!/bin/bash
# NOTIFY_SOCKET: the command's READY=1 reaches the service manager, through a socket inside the container.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

cat >"$t_tmp/listen.py" <<'END'
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
s.settimeout(20)
while True:
    data = s.recv(4096).decode()
    print(data, flush=True)
    if "READY=1" in data:
        break
END
cat >"$t_tmp/notify.c" <<'END'
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
int main(void) {
  struct sockaddr_un a = {.sun_family = AF_UNIX};
  const char* path = getenv("NOTIFY_SOCKET");
  int s = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (!path || strlen(path) >= sizeof a.sun_path) return 1;
  strcpy(a.sun_path, path);
  if (sendto(s, "READY=1", 7, 0, (struct sockaddr*)&a, sizeof a) != 7) return 2;
  sleep(1);
  return 0;
}
END
gcc -static -o "$t_tmp/notify" "$t_tmp/notify.c"
bundle a . /notify
cp "$t_tmp/notify" "$bundle/rootfs/notify"
python3 "$t_tmp/listen.py" "$t_tmp/notify.sock" >"$t_tmp/notified" &
until_true test -S "$t_tmp/notify.sock"
run env NOTIFY_SOCKET="$t_tmp/notify.sock" "$t_runtime" --root "$state_root" run --bundle "$bundle" "${id}a"
expect_eq "$status" 0 "exit status ($err)"
wait
expect_match "$(<"$t_tmp/notified")" READY=1
