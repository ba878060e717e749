#!/bin/bash
# The same by slirp4netns, which takes the place of a pasta that is missing.
# modes: root
# shellcheck source=tests/support/user_network.sh
. "${0%/*}/../support/user_network.sh"
command -v slirp4netns >/dev/null || skip "needs slirp4netns"
command -v python3 >/dev/null || skip "needs python3"
make_user_world
# Where there is a pasta it is hidden.
for program in /usr/local/bin/pasta /usr/bin/pasta /bin/pasta; do
  [[ ! -e $program ]] || mount --bind /dev/null "$(realpath "$program")"
done
begin_user

sandbox --network slirp4netns -- /probes/net ask tcp "$outside4" 7000
expect_eq "$out" "seen=$host4" "who the outside sees"
sandbox --network slirp4netns -- /probes/net ask udp "$outside4" 7001
expect_eq "$out" "seen=$host4"
sandbox --network slirp4netns -- /probes/net lookup www.example.org
expect_eq "$out" $'192.0.2.1\n2001:db8::1'
sandbox --network slirp4netns -- sh -c '/probes/net ask tcp 10.0.2.2 7002; true'
expect_no_match "$out" 'seen='
leave_no_program

run cove run --network pasta "${root_args[@]}" -- true
expect_ne "$status" 0
expect_match "$err" '--network pasta: this machine lacks the program'
expect_match "$err" 'install the package passt .*or slirp4netns'

server web tcp 80 -p 8080:80 -p 8090-8091:80-81
expect_eq "$(cove inspect -f '{{.HostConfig.NetworkMode}}' web)" slirp4netns
ask -- tcp 127.0.0.1 8080
expect_match "$out" '^seen='
ask outside -- tcp "$host4" 8090
expect_match "$out" '^seen='
ask_in web tcp "$outside4" 7000
expect_eq "$out" "seen=$host4"
expect_match "$(cove port web)" '80/tcp -> 0\.0\.0\.0:8080'
run cove run --name other -p 8080:80 "${root_args[@]}" -- echo ran
expect_match "$err" 'port 0.0.0.0:8080/tcp is taken'
expect_eq "$out" ""
expect_status 0 cove rm -f other
run cove run --rm -p '[::1]:8085:80' "${root_args[@]}" -- true
expect_ne "$status" 0
expect_match "$err" 'no address of this version'
expect_status 0 cove rm -f web
leave_no_program

# Neither of them.
mount --bind /dev/null "$(realpath "$(command -v slirp4netns)")"
end_user
begin_user
sandbox -- true
expect_status 0 cove run --rm --name alone "${root_args[@]}" -- cat /proc/net/dev
expect_no_match "$out" 'eth0'
expect_eq "$err" ""
run cove run -p 8080:80 "${root_args[@]}" -- true
expect_ne "$status" 0
expect_match "$err" 'install the package passt .*or slirp4netns'
expect_status 0 cove doctor
expect_match "$out" 'Networks of ordinary users: .*this machine lacks'
leave_nothing
