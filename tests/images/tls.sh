#!/usr/bin/env bash
# Certificates: an authority of one's own, a client's certificate, and none at all.
# timeout: 600
T_SUBIDS=1
. "$(dirname "$0")/../support/registry.sh"

make_key() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$t_tmp/$1.key" "${@:2}" 2>/dev/null; }
make_key ca -x509 -days 2 -subj /CN=test-authority -out "$t_tmp/ca.crt"
for name in server client; do
  make_key "$name" -subj "/CN=$name" -out "$t_tmp/$name.csr"
  openssl x509 -req -in "$t_tmp/$name.csr" -CA "$t_tmp/ca.crt" -CAkey "$t_tmp/ca.key" -CAcreateserial -days 2 \
    -extfile <(echo 'subjectAltName=IP:127.0.0.1') -out "$t_tmp/$name.crt" 2>/dev/null
done
start_registry secure "  tls: {certificate: $t_tmp/server.crt, key: $t_tmp/server.key}"
make_layout "$t_tmp/layout"
put_image "$t_tmp/layout" "$secure/app:v1"

# Verified if it is asked for: the authority is not known.
expect_status 1 cove pull --tls-verify "$secure/app:v1"
expect_match "$err" "certificate"
expect_match "$err" "/etc/containers/certs.d/HOST"
expect_status 0 cove pull -q --tls-verify=false "$secure/app:v1"
# A registry at a loopback address needs no certificate that anybody knows.
expect_status 0 cove pull -q "$secure/app:v1"

# With certificates of its own it is verified, there too.
certificates=$XDG_CONFIG_HOME/containers/certs.d/$secure
mkdir -p "$certificates"
make_key stranger -x509 -days 2 -subj /CN=stranger -out "$certificates/ca.crt"
expect_status 1 cove pull "$secure/app:v1"
cp "$t_tmp/ca.crt" "$certificates/ca.crt"
expect_status 0 cove pull -q "$secure/app:v1"
expect_status 0 cove tag "$secure/app:v1" "$secure/new:v1"
expect_status 0 cove push -q "$secure/new:v1"
expect_eq "$(raw_digest_at "$secure/new:v1")" "$(raw_digest_at "$secure/app:v1")"

# A client's certificate.
port=$(t_free_port)
python3 - "$t_tmp" "$port" "${secure#*:}" <<'PYTHON' &
import asyncio, ssl, sys
top, port, backend = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=top + "/ca.crt")
context.load_cert_chain(top + "/server.crt", top + "/server.key")
context.verify_mode = ssl.CERT_REQUIRED
plain = ssl.create_default_context(cafile=top + "/ca.crt")
async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    writer.close()
async def serve(reader, writer):
    try:
        server = await asyncio.open_connection("127.0.0.1", backend, ssl=plain)
    except OSError:
        writer.close()
        return
    await asyncio.gather(copy(reader, server[1]), copy(server[0], writer))
async def listen():
    async with await asyncio.start_server(serve, "127.0.0.1", port, ssl=context) as listener:
        await listener.serve_forever()
asyncio.run(listen())
PYTHON
t_children+=($!)
mutual=127.0.0.1:$port
for _ in $(seq 100); do
  ! curl -sk --max-time 5 -o "$t_tmp/probe" --cert "$t_tmp/client.crt" --key "$t_tmp/client.key" "https://$mutual/v2/" || break
  sleep 0.1
done
mkdir -p "$XDG_CONFIG_HOME/containers/certs.d/$mutual"
cp "$t_tmp/ca.crt" "$XDG_CONFIG_HOME/containers/certs.d/$mutual/"
expect_status 1 cove pull --retry 0 "$mutual/app:v1"
cp "$t_tmp/client.crt" "$XDG_CONFIG_HOME/containers/certs.d/$mutual/client.cert"
expect_status 1 cove pull --retry 0 "$mutual/app:v1"
expect_match "$err" "has no key client.key beside it"
cp "$t_tmp/client.key" "$XDG_CONFIG_HOME/containers/certs.d/$mutual/client.key"
expect_status 0 cove pull -q "$mutual/app:v1"

# Plain HTTP where TLS is asked for.
start_registry plain
put_image "$t_tmp/layout" "$plain/app:v1"
expect_status 1 cove pull --tls-verify "$plain/app:v1"
expect_match "$err" "insecure = true for $plain"
