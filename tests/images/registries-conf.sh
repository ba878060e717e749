#!/usr/bin/env bash
# registries.conf: short names mean what it says and nothing else; mirrors, other places, blocked ones. And search.
# timeout: 600
T_SUBIDS=1
. "$(dirname "$0")/../support/registry.sh"

start_registry plain
start_registry other
make_layout "$t_tmp/layout"
put_image "$t_tmp/layout" "$plain/team/app:v1"
put_image "$t_tmp/layout" "$plain/team/app:v2"
put_image "$t_tmp/layout" "$other/only:v1"
conf() { cat >"$CONTAINERS_REGISTRIES_CONF"; }

# Without a word about short names there are none.
expect_status 1 cove pull team/app:v1
expect_match "$err" "short name 'team/app:v1': no registry is configured for short names"
expect_match "$err" "docker.io/team/app:v1"

conf <<<"unqualified-search-registries = ['$plain']"
expect_status 0 cove pull team/app:v1
expect_match "$out" "'team/app:v1' is $plain/team/app, as registries.conf says"
expect_eq "${out##*$'\n'}" "$plain/team/app:v1"

# Several: an error, unless the configuration lets them be asked in their order.
conf <<<"unqualified-search-registries = ['$plain', '$other']"
expect_status 1 cove pull only:v1
expect_match "$err" "write one of $plain/only:v1, $other/only:v1"
conf <<<"unqualified-search-registries = ['$plain', '$other']
short-name-mode = 'permissive'"
expect_status 0 cove pull -q only:v1
expect_eq "$out" "$other/only:v1"

# An alias.
conf <<<"[aliases]
app = '$plain/team/app'"
expect_status 0 cove pull -q app:v2
expect_eq "$out" "$plain/team/app:v2"

# A name that is nowhere but in the configuration: its mirror has it; the first one does not answer.
conf <<<"[[registry]]
prefix = 'images.example.invalid/x'
location = '$plain/none'
[[registry.mirror]]
location = '127.0.0.1:1/gone'
[[registry.mirror]]
location = '$plain/team'
insecure = true"
expect_status 0 cove pull images.example.invalid/x/app:v1
expect_match "$out" "mirror: 127.0.0.1:1"
expect_eq "${out##*$'\n'}" "images.example.invalid/x/app:v1"
expect_eq "$(cove images --format '{{.Repository}}:{{.Tag}}' images.example.invalid/x/app)" images.example.invalid/x/app:v1

# Insecure or not is what it says.
conf <<<"[[registry]]
location = '$plain'
blocked = true"
expect_status 1 cove pull "$plain/team/app:v1"
expect_match "$err" "registries.conf blocks '$plain'"
conf <<<"x = "
expect_status 1 cove pull "$plain/team/app:v1"
expect_match "$err" "registries.conf: line 1"

# Search: in the catalogue, since docker-registry offers nothing better.
conf <<<"unqualified-search-registries = ['$other']"
expect_status 0 cove search --format '{{.Name}}' "$plain/app"
expect_eq "$out" "$plain/team/app"
expect_status 0 cove search on
expect_match "$out" "^NAME +DESCRIPTION +STARS +OFFICIAL"
expect_match "$out" "$other/only"
expect_status 0 cove search --list-tags --format '{{.Tag}}' "$plain/team/app"
expect_eq "$(sort <<<"$out" | xargs)" "v1 v2"
expect_status 0 cove search --filter is-official=true on
expect_no_match "$out" "$other/only"
