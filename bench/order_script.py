#!/usr/bin/env python3
"""order_script.py MAP TRACE...

Prints a linker script that puts the functions of the traces in front of all others: those that all traces have first,
then by the sets of traces that have them, so that each trace finds its own close together. MAP is GNU ld's (-Map), a TRACE
has addresses of functions that were run, one a line (bench/trace). bench/order uses it.
"""
import bisect
import collections
import re
import sys

HEAD = """/* The functions that a start runs, in front of all others: made by bench/order, to be made anew rather than edited.
   The kernel maps what a page fault asks for together with its neighbours, 64 KiB at a time: spread over the program, they
   made nearly all of it resident, in each process of a start anew. */
SECTIONS
{
  .text_start : ALIGN(4096)
  {"""
TAIL = """  }
}
INSERT BEFORE .text;"""


def input_sections(map_file):
    """(address, size, section, file) of the code in the map, by address."""
    text = open(map_file).read()
    text = text[text.index("Linker script and memory map"):]
    pattern = re.compile(r"^ (\.text\S*)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S.*)$", re.M)
    found = [(int(m[2], 16), int(m[3], 16), m[1], m[4]) for m in pattern.finditer(text)]
    return sorted(section for section in found if section[0] != 0 and section[1] != 0)


def pattern_of(section, file):
    """How a linker script names it. Numbers that the compiler gives out may be others the next time."""
    member = re.search(r"([^/]+\.a)\((.*)\)$", file)
    if member:
        return f"*{member[1]}:{member[2]}({section})"
    if section == ".text":  # of the C library's start files
        return f"*{file.rsplit('/', 1)[-1]}({section})"
    name = re.sub(r"\.(constprop|isra|part|lto_priv)\..*$", r".\1*", section)
    return f"*({name})"


def main():
    sections = input_sections(sys.argv[1])
    starts = [section[0] for section in sections]
    traces = sys.argv[2:]
    users = collections.defaultdict(set)
    for number, trace in enumerate(traces):
        for line in open(trace):
            address = int(line, 16)
            index = bisect.bisect_right(starts, address) - 1
            start, size, name, file = sections[max(index, 0)]
            # .init and .fini, for example, are none of the sections.
            if start <= address < start + size and name != ".text.unlikely":
                users[index].add(number)
    # Most traces first; of equally many, those with the first trace.
    order = sorted(users, key=lambda index: (-len(users[index]), sorted(users[index]), index))
    patterns = dict.fromkeys(pattern_of(*sections[index][2:]) for index in order)
    print(HEAD, *(f"    {pattern}" for pattern in patterns), TAIL, sep="\n")


main()
