#!/usr/bin/env python3
"""dns.py serve ADDRESS LOG          a name server at port 53, by UDP and TCP; prints "listening", then runs on
dns.py ask SERVER NAME [TYPE] [WORD]...  asks one, and prints what it says

The server notes each question in LOG ("udp a NAME") and answers by the first label:
  big       60 addresses: by UDP, if nobody has allowed for more, the first part and the bit TC
  liar      first with a wrong number, from a wrong port and with a wrong question, then rightly
  silent    nothing
  refuses   SERVFAIL
  nobody    NXDOMAIN
  self      203.0.113.2, 2001:db8:2::2: the machine outside of network.sh
  inward    127.0.0.1, 169.254.169.254, ::1: where no name should lead
  other     192.0.2.1, 2001:db8::1, and a name for whatever is reversed

`ask` prints lines: "rcode=N", "flags=aa,tc,ra", then "A ADDRESS", "AAAA …", "PTR …" as they came, and "size=N". WORDs: tcp; edns=SIZE;
raw=HEX (that message, whatever it is); twice (the same question again on one connection); from=ADDRESS.
"""
import random
import socket
import struct
import sys
import threading

TYPES = {"A": 1, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "AXFR": 252, "ANY": 255}
PLACES = {
    "self": {1: ["203.0.113.2"], 28: ["2001:db8:2::2"]},
    "inward": {1: ["127.0.0.1", "169.254.169.254"], 28: ["::1"]},
}
NAMES = {number: name for name, number in TYPES.items()}


def encode(name):
    labels = [label.encode("latin-1") for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def decode(message, at):
    labels, end = [], None
    while True:
        length = message[at]
        if length >= 0xC0:
            end = end or at + 2
            at = (length & 0x3F) << 8 | message[at + 1]
            continue
        at += 1
        if length == 0:
            return ".".join(labels), end or at
        labels.append(message[at:at + length].decode("latin-1"))
        at += length


def record(kind, data):
    return b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data


def reply(message, rcode, records, flags=0x8080, cut=False, ident=None):
    _, end = decode(message, 12)
    ident = message[:2] if ident is None else ident
    head = ident + struct.pack("!HHHHH", flags | (0x0200 if cut else 0) | rcode | 0x0100, 1, len(records), 0, 0)
    return head + message[12:end + 4] + b"".join(records)


def room_of(message):
    if struct.unpack("!H", message[10:12])[0] == 0:
        return 512
    _, end = decode(message, 12)
    return struct.unpack("!H", message[end + 4 + 3:end + 4 + 5])[0]


def answers(message, datagram):
    name, end = decode(message, 12)
    kind = struct.unpack("!H", message[end:end + 2])[0]
    label = name.split(".")[0].lower()
    if label == "refuses":
        return reply(message, 2, [])
    if label == "nobody":
        return reply(message, 3, [])
    records = []
    if label in PLACES:
        family = {1: socket.AF_INET, 28: socket.AF_INET6}.get(kind)
        records = [record(kind, socket.inet_pton(family, place)) for place in PLACES[label].get(kind, [])]
    elif kind == 1:
        count = 60 if label == "big" else 1
        records = [record(1, bytes([192, 0, 2, i + 1])) for i in range(count)]
    elif kind == 28:
        records = [record(28, socket.inet_pton(socket.AF_INET6, "2001:db8::1"))]
    elif kind == 12:
        records = [record(12, encode("outside.test"))]
    whole = reply(message, 0, records)
    if datagram and len(whole) > room_of(message):
        return reply(message, 0, records[:20], cut=True)
    return whole


def serve(address, log):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    lock = threading.Lock()

    def note(how, message):
        name, end = decode(message, 12)
        kind = struct.unpack("!H", message[end:end + 2])[0]
        with lock, open(log, "a", encoding="utf-8") as file:
            file.write(f"{how} {NAMES.get(kind, kind)} {name}\n")
        return name.split(".")[0].lower()

    stream = socket.socket(family, socket.SOCK_STREAM)
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    stream.bind((address, 53))
    stream.listen(16)

    def converse(client):
        with client, client.makefile("rb") as file:
            while len(head := file.read(2)) == 2:
                message = file.read(struct.unpack("!H", head)[0])
                note("tcp", message)
                whole = answers(message, False)
                client.sendall(struct.pack("!H", len(whole)) + whole)

    def accept():
        while True:
            threading.Thread(target=converse, args=(stream.accept()[0],), daemon=True).start()

    datagrams = socket.socket(family, socket.SOCK_DGRAM)
    datagrams.bind((address, 53))
    threading.Thread(target=accept, daemon=True).start()
    print("listening", flush=True)
    while True:
        message, peer = datagrams.recvfrom(65535)
        label = note("udp", message)
        if label == "silent":
            continue
        if label == "liar":
            false = [record(1, bytes([6, 6, 6, 6]))]
            wrong = struct.pack("!H", (struct.unpack("!H", message[:2])[0] + 1) & 0xFFFF)
            datagrams.sendto(reply(message, 0, false, ident=wrong), peer)
            other = message[:13] + bytes([message[13] ^ 1]) + message[14:]
            datagrams.sendto(reply(other, 0, false), peer)
            datagrams.sendto(reply(message, 0, false)[:20], peer)
            with socket.socket(family, socket.SOCK_DGRAM) as elsewhere:
                elsewhere.sendto(reply(message, 0, false), peer)
        datagrams.sendto(answers(message, True), peer)


def show(message):
    flags, questions, count, _, more = struct.unpack("!HHHHH", message[2:12])
    at = 12
    if questions:
        at = decode(message, at)[1] + 4
    words = [word for bit, word in ((0x0400, "aa"), (0x0200, "tc"), (0x0080, "ra")) if flags & bit]
    rcode, lines = flags & 15, []
    for i in range(count + more):
        _, at = decode(message, at)
        kind, _, ttl, size = struct.unpack("!HHIH", message[at:at + 10])
        at += 10
        data = message[at:at + size]
        if kind == 41:
            rcode |= ttl >> 24 << 4
            lines.append("edns")
        elif kind == 1:
            lines.append("A " + socket.inet_ntop(socket.AF_INET, data))
        elif kind == 28:
            lines.append("AAAA " + socket.inet_ntop(socket.AF_INET6, data))
        elif kind == 12:
            lines.append("PTR " + decode(message, at)[0])
        at += size
    print(f"rcode={rcode}", "flags=" + ",".join(words), *lines, f"size={len(message)}", sep="\n")


def receive(client):
    data = b""
    while len(data) < 2 or len(data) < 2 + struct.unpack("!H", data[:2])[0]:
        part = client.recv(65535)
        if not part:
            raise ConnectionError("closed")
        data += part
    return data[2:]


def ask(server, name, kind="A", *words):
    options = dict(word.partition("=")[::2] for word in words)
    extra = b""
    if "edns" in options:
        extra = b"\0" + struct.pack("!HHIH", 41, int(options["edns"]), int(options.get("version", 0)) << 16, 0)
    ident = random.randbytes(2)
    message = ident + struct.pack("!HHHHH", 0x0100, 1, 0, 0, 1 if extra else 0)
    message += encode(name) + struct.pack("!HH", TYPES[kind], 1) + extra
    if "raw" in options:
        message = bytes.fromhex(options["raw"])
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    how = socket.SOCK_STREAM if "tcp" in options else socket.SOCK_DGRAM
    try:
        with socket.socket(family, how) as client:
            client.settimeout(1 if "raw" in options else 8)
            if "from" in options:
                client.bind((options["from"], 0))
            client.connect((server, 53))
            for _ in range(2 if "twice" in options else 1):
                if how == socket.SOCK_STREAM:
                    client.sendall(struct.pack("!H", len(message)) + message)
                    got = receive(client)
                else:
                    client.send(message)
                    got = client.recv(65535)
                if got[:2] != message[:2]:
                    print("error=number")
                    return
                show(got)
    except OSError as error:
        print(f"error={type(error).__name__}")


if __name__ == "__main__":
    {"serve": serve, "ask": ask}[sys.argv[1]](*sys.argv[2:])
